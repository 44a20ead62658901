/**
 * Clusters a million points of 64 values, which would take 256 MB, from batches that are made anew whenever they are
 * read. Prints one line of JSON for `soak.ts`.
 */
import { performance } from "node:perf_hooks";
import { createRandom } from "@dinoseg/core";
import { miniBatchKMeans, type PointSource } from "@dinoseg/core/cluster";
import { loadKernels } from "@dinoseg/kernels";

const BATCHES = 1000;
const ROWS = 1000;
const COLS = 64;
const CLUSTERS = 32;
/** Half the range of the centres; the points of one lie within 1 of it along each axis. */
const SPREAD = 2;
/** Bytes of this process, Node and the compiler of this script included: what the points alone would take. */
const MEMORY_LIMIT = 256e6;
const INERTIA_LIMIT = 1.05;

const random = createRandom(0);
const centres = Float32Array.from({ length: CLUSTERS * COLS }, () => SPREAD * (2 * random.next() - 1));

/** The points of a batch, and their squared distances to the centres that they were made from, summed. */
function plantedBatch(index: number): { data: Float32Array; inertia: number } {
	const draw = createRandom(1 + index);
	const data = new Float32Array(ROWS * COLS);
	let inertia = 0;
	for (let row = 0; row < ROWS; row++) {
		const centre = Math.floor(draw.next() * CLUSTERS) * COLS;
		for (let d = 0; d < COLS; d++) {
			const offset = 2 * draw.next() - 1;
			data[row * COLS + d] = centres[centre + d] + offset;
			inertia += offset * offset;
		}
	}
	return { data, inertia };
}

const source: PointSource = {
	batches: BATCHES,
	batch: (index) => ({ data: plantedBatch(index).data, rows: ROWS, cols: COLS }),
};
let planted = 0;
for (let index = 0; index < BATCHES; index++) {
	planted += plantedBatch(index).inertia;
}
const start = performance.now();
const result = await miniBatchKMeans(await loadKernels(), source, { clusters: CLUSTERS, random: createRandom(1) });
const seconds = (performance.now() - start) / 1000;
const ratio = result.inertia / planted;
const peak = 1024 * process.resourceUsage().maxRSS;
console.log(JSON.stringify({ seconds, passes: result.passes, ratio, peak, limit: MEMORY_LIMIT }));
process.exitCode = ratio <= INERTIA_LIMIT && peak <= MEMORY_LIMIT ? 0 : 1;
