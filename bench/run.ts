/** `npm run bench`: time and peak memory of each stage, written to docs/benchmarks.md. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Bench } from "tinybench";
import { IDLE, PHOTOGRAPH, STAGES } from "./stages.ts";

const MEMORY_SCRIPT = fileURLToPath(new URL("peak-memory.ts", import.meta.url));
const REPORT = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

function peakMemory(stage: string): string {
	if (process.platform !== "linux") {
		return "not measured";
	}
	const args = ["--expose-gc", "--import", "tsx", MEMORY_SCRIPT, stage];
	return execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
}

const rows: string[] = [];
for (const [name, prepare] of Object.entries(STAGES)) {
	if (name === IDLE) {
		continue;
	}
	const stage = await prepare();
	const bench = new Bench({ time: 1500, iterations: 5, warmupTime: 200, warmupIterations: 1 });
	bench.add(name, async () => {
		await stage.run();
	});
	const [task] = await bench.run();
	await stage.release?.();
	if (task.result.state !== "completed") {
		throw new Error(`${name}: ${task.result.state}`);
	}
	const { latency } = task.result;
	const row = `| ${name} | ${latency.p50.toFixed(1)} | ${latency.min.toFixed(1)} | ${peakMemory(name)} |`;
	console.log(row);
	rows.push(row);
}

writeFileSync(
	REPORT,
	`# Benchmarks

Made by \`npm run bench\` on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.version}: the bundled model at the default
input size of 518 on \`${PHOTOGRAPH}\`, default options. Time is that of one run after a warm-up. Peak memory is that of a
process that prepares the stage's inputs and runs it once: libraries, inputs and all (an idle process that has loaded
dinoseg takes ${peakMemory(IDLE)} MiB). Machines that are shared are noisy: compare figures of one run only.

| Stage | Time, median (ms) | Fastest (ms) | Process at its peak (MiB) |
| --- | ---: | ---: | ---: |
${rows.join("\n")}

\`load\` is getting the network ready, once per process. \`whole job\` is everything from the file to the label map, without
writing files.
`,
);
