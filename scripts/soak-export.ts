/**
 * Exports a data set of 100,000 images as COCO in little memory, and reads it back with pycocotools. Prints one line of JSON
 * for `soak.ts`.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { labelMapOf, writeManyResults } from "../fixtures/many-results.ts";
import { peakMemoryProbe, readPeakMemory } from "../fixtures/peak-memory.ts";
import { runPython } from "../fixtures/readers/run-python.ts";

const IMAGES = 100_000;
/** Every so manieth image is read back by pycocotools and compared. */
const STEP = 97;
/** Megabytes of objects that the process may hold, garbage included; 4 times less than the file that it writes. */
const HEAP_LIMIT = 96;

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
try {
	const results = join(folder, "results");
	await writeManyResults(results, IMAGES);
	const target = join(folder, "coco.json");
	const status = join(folder, "status");
	const { NODE_OPTIONS, ...probe } = peakMemoryProbe(status);
	const start = performance.now();
	execFileSync(process.execPath, [bin, "export", results, "--format", "coco", "-o", target, "--quiet"], {
		env: { ...process.env, ...probe, NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=${HEAP_LIMIT}` },
	});
	const seconds = (performance.now() - start) / 1000;
	const { size } = await stat(target);
	const peak = readPeakMemory(status);
	const { images, annotations, sample } = JSON.parse(runPython("coco_sample.py", [target, `${STEP}`]));
	const read = Object.entries<number[]>(sample);
	const wrong = read.filter(([file, labels]) => {
		const expected = labelMapOf(Number(file.split("/").at(-1))).data;
		return labels.length !== expected.length || labels.some((label, at) => label !== expected[at]);
	});
	const isRight = images === IMAGES && wrong.length === 0 && peak < size;
	const numbers = { images, annotations, seconds, heap: HEAP_LIMIT * 1e6, peak, size };
	console.log(JSON.stringify({ ...numbers, compared: read.length, wrong: wrong.length }));
	process.exitCode = isRight ? 0 : 1;
} finally {
	await rm(folder, { recursive: true });
}
