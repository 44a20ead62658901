/** How long the program takes to answer what needs no picture, and little of one, beside Node that does nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { formatMilliseconds, markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { summarise } from "./harness/statistics.ts";

const BIN = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const PHOTOGRAPH = fileURLToPath(new URL("../examples/cat.jpg", import.meta.url));
const RUNS = 15;
const QUICK_RUNS = 2;

/** The first is what the others are compared with. */
const LINES: readonly { readonly title: string; readonly args: readonly string[] }[] = [
	{ title: "node -e 0", args: ["-e", "0"] },
	...[["--version"], ["--help"], ["segment", "--help"]].map((args) => ({
		title: `dinoseg ${args.join(" ")}`,
		args: [BIN, ...args],
	})),
	{
		title: "dinoseg segment cat.jpg --input-size 112 -o -",
		args: [BIN, "segment", PHOTOGRAPH, "--input-size", "112", "-o", "-", "--no-cache"],
	},
];

/** The table of all command lines, which take turns. */
export async function startTable(isQuick: boolean): Promise<string> {
	const times: number[][] = LINES.map(() => []);
	for (let round = 0; round < (isQuick ? QUICK_RUNS : RUNS); round++) {
		for (const [index, { args }] of LINES.entries()) {
			times[index].push(await timeProcess(args));
		}
	}
	progress("start");
	const timings = times.map(summarise);
	const rows = timings.map(({ median, min }, index) => [
		`\`${LINES[index].title}\``,
		formatMilliseconds(median),
		formatMilliseconds(min),
		(median / timings[0].median).toFixed(2),
	]);
	return markdownTable(["Command line", "Time, median (ms)", "Fastest (ms)", "/ node"], "lrrr", rows);
}

/** @returns milliseconds from the start of a process to its end. */
async function timeProcess(args: readonly string[]): Promise<number> {
	const start = performance.now();
	const [code] = await once(spawn(process.execPath, args, { stdio: "ignore" }), "exit");
	if (code !== 0) {
		throw new Error(`node ${args.join(" ")} ended with code ${code}.`);
	}
	return performance.now() - start;
}
