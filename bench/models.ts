/**
 * `npm run bench:models [-- dinov2-small dinov3-base]`: ready time, run time and peak memory of networks of the published sizes with
 * random weights. Without names all are measured, and docs/benchmarks-models.md is written. Needs 12 GB of disk.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUBLISHED_MODELS } from "../fixtures/published-models.ts";
import type { Measurement } from "./models-measure.ts";
import { median, type RunTime } from "./models-network.ts";

/** Multiples of the patch. */
const SIDES = { dinov2: [224, 518, 1036], dinov3: [224, 512, 1024] };
const DTYPES = ["fp32", "int8"] as const;
/** The networks that are compared with their matrix products, and at which side. */
const BOUNDS = new Map([
	["dinov2-large", "518"],
	["dinov3-large", "512"],
]);
const REPORT = fileURLToPath(new URL("../docs/benchmarks-models.md", import.meta.url));

const all = [...PUBLISHED_MODELS.keys()];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PUBLISHED_MODELS.has(name));
if (unknown.length > 0) {
	throw new Error(`unknown model ${unknown.join(", ")}: must be of ${all.join(", ")}`);
}
const names = all.filter((name) => asked.length === 0 || asked.includes(name));

const folder = await mkdtemp(join(tmpdir(), "dinoseg-models-"));
const loads: string[] = [];
const runs: string[] = [];
const bounds: string[] = [];
try {
	for (const name of names) {
		const model = join(folder, name);
		await PUBLISHED_MODELS.get(name)?.(model);
		for (const dtype of DTYPES) {
			await measure(name, model, dtype);
		}
		const side = BOUNDS.get(name);
		if (side !== undefined) {
			bounds.push(`### ${name} at ${side}\n\n${script("gemm-bound.ts", [model, side])}`);
			console.log(bounds.at(-1));
		}
		await rm(model, { recursive: true });
	}
} finally {
	await rm(folder, { recursive: true, force: true });
}

async function measure(name: string, model: string, dtype: (typeof DTYPES)[number]): Promise<void> {
	const cache = join(folder, "cache");
	const child = (task: string, ...more: string[]): Measurement =>
		JSON.parse(script("models-measure.ts", [task, model, dtype, cache, ...more]));
	const first = child("describe");
	const readyMs: number[] = [];
	for (const side of SIDES[name.startsWith("dinov2") ? "dinov2" : "dinov3"]) {
		const measured = child("run", String(side));
		readyMs.push(measured.readyMs as number);
		const times = measured.runs as readonly RunTime[];
		const [walls, processors] = [times.map(({ wall }) => wall), times.map(({ processor }) => processor)];
		const figures = [median(walls), Math.min(...walls), median(processors)].map(whole);
		runs.push(row(name, dtype, side, ...figures, times.length, ...memory(measured)));
		console.log(runs.at(-1));
	}
	const megabytes = (await stat(join(model, "model.safetensors"))).size / 1e6;
	const [firstPeak] = memory(first);
	loads.push(row(name, dtype, whole(megabytes), whole(first.describeMs), firstPeak, whole(median(readyMs))));
	console.log(loads.at(-1));
}

/** What a process prints that runs another file of this folder. */
function script(file: string, args: readonly string[]): string {
	const path = fileURLToPath(new URL(file, import.meta.url));
	const command = ["--expose-gc", "--import", "tsx", path, ...args];
	return execFileSync(process.execPath, command, { encoding: "utf8" }).trim();
}

function memory({ peakMiB, filesMiB }: Measurement): readonly [peak: string, files: string] {
	return [peakMiB, filesMiB].map((value) => (value === undefined ? "not measured" : whole(value))) as [string, string];
}

function whole(value: number): string {
	return value.toFixed(0);
}

function row(...cells: readonly (string | number)[]): string {
	return `| ${cells.join(" | ")} |`;
}

const text = `# Benchmarks of whole models

Made by \`npm run bench:models\` on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.version}: networks of the
published sizes with random weights, all cores, one square picture at a time. The speed of a network does not depend on
its weights. Every line of the second table is a process of its own. Machines that are shared are noisy: compare figures
of one run only.

## Getting ready

\`first use\` is what happens once per checkpoint and is remembered: hashing the file, and for int8 making the 8-bit
weights. \`ready\` is the time from the description of a checkpoint to a session that can run, the file in the system's page
cache, median of ${SIDES.dinov2.length} processes.

| Model | dtype | Checkpoint (MB) | First use (ms) | First use, process at its peak (MiB) | Ready (ms) |
| --- | --- | ---: | ---: | ---: | ---: |
${loads.join("\n")}

## Running

Time of one run after a warm-up; where a single run takes over 15 s, it is that one. \`Processor\` is the median time of all
threads on a processor, which other programs on the machine change least. The peak is that of a process that
loads the network and runs it; \`files\` are the pages of mapped files (weights, libraries) that it held at the end: other
processes share them, and the system takes them back when memory is short.

| Model | dtype | Input side | Run, median (ms) | Fastest (ms) | Processor (ms) | Runs | Process at its peak (MiB) | Of it files (MiB) |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${runs.join("\n")}

## Against the bare matrix products

The large networks in fp32. The products are those of the network, in one graph of nothing but onnxruntime's \`Gemm\` and
\`MatMul\`: the same shapes, as many, the same weights. Measured in one process in turns, on all cores, by the fastest of
some rounds, by the median of the rounds' own ratios, and by the time of all threads on a processor. The network's attention never writes its scores to memory, which the bare products must, so the second
line is slower than it need be; the third takes the time of the linear layers alone and adds attention's products at the
same rate. Again: \`npx tsx bench/gemm-bound.ts <checkpoint folder> <side>\`.

${bounds.join("\n\n")}
`;
if (asked.length === 0) {
	await writeFile(REPORT, text);
} else {
	console.log(text);
}
