import { MEASURED, type Measured, type StageMeasurement } from "./measure-stages.ts";

/** The stages as a table for people. */
export function formatMeasurement({ stages, threads, loadMs }: StageMeasurement): string {
	const titles: Partial<Record<Measured, string>> = {
		networkOneThread: "network, 1 thread",
		network: `network, ${threads} thread${threads === 1 ? "" : "s"}`,
	};
	const rows = [["stage", "median (ms)", "fastest (ms)"]];
	for (const name of MEASURED) {
		const { median, min } = stages[name];
		// On a single core both measures of the network are the same. Clusters and regions have stages of their own.
		if ((name !== "networkOneThread" || threads > 1) && median > 0) {
			rows.push([titles[name] ?? name, median.toFixed(1), min.toFixed(1)]);
		}
	}
	const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
	const lines = rows.map(([title, ...times]) =>
		[title.padEnd(widths[0]), ...times.map((time, index) => time.padStart(widths[index + 1]))].join("  "),
	);
	lines.push("", `Getting the network ready took ${loadMs.toFixed(0)} ms, once.`);
	return `${lines.join("\n")}\n`;
}
