/**
 * Fits a codebook to 10,000 pictures of 100 points each, a million points of 64 values, which are made anew whenever they
 * are looked at, and compares its inertia over all of them with that of k-means on all of them. That runs in a process of
 * its own, for it holds them all. Prints one line of JSON for `soak.ts`.
 */
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { createRandom } from "@dinoseg/core";
import { kMeans } from "@dinoseg/core/cluster";
import { codebookOptions, createSummarySum, fitCodebook, sampleOf } from "@dinoseg/core/codebook";
import { momentsOf } from "@dinoseg/core/linalg";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import type { Matrix } from "@dinoseg/core/tensor";
import { loadKernels } from "@dinoseg/kernels";

const PICTURES = 10_000;
const ROWS = 100;
const COLS = 64;
const CLUSTERS = 32;
/** Half the range of the centres; the points of one lie within 1 of it along each axis, so clusters touch. */
const SPREAD = 0.6;
/** Bytes of this process, Node and the compiler of this script included. */
const MEMORY_LIMIT = 500e6;
const INERTIA_LIMIT = 1.02;
const REFERENCE = "reference";

const random = createRandom(0);
const centres = Float32Array.from({ length: CLUSTERS * COLS }, () => SPREAD * (2 * random.next() - 1));

/** The points of a picture, which shows a few of the clusters only. */
function plantedPoints(picture: number): Matrix {
	const draw = createRandom(1 + picture);
	const shown = Array.from({ length: 4 }, () => Math.floor(draw.next() * CLUSTERS));
	const data = new Float32Array(ROWS * COLS);
	for (let row = 0; row < ROWS; row++) {
		const centre = shown[Math.floor(draw.next() * shown.length)] * COLS;
		for (let d = 0; d < COLS; d++) {
			data[row * COLS + d] = centres[centre + d] + 2 * draw.next() - 1;
		}
	}
	return { data, rows: ROWS, cols: COLS };
}

const kernels = await loadKernels();

function referenceInertia(): number {
	const data = new Float32Array(PICTURES * ROWS * COLS);
	for (let picture = 0; picture < PICTURES; picture++) {
		data.set(plantedPoints(picture).data, picture * ROWS * COLS);
	}
	const points = { data, rows: PICTURES * ROWS, cols: COLS };
	return kMeans(kernels, points, { clusters: CLUSTERS, restarts: 1, random: createRandom(1) }).inertia;
}

function measure(): void {
	const reference = Number(
		execFileSync("npx", ["tsx", fileURLToPath(import.meta.url), REFERENCE], { encoding: "utf8" }).trim(),
	);
	const start = performance.now();
	const sum = createSummarySum(COLS);
	for (let picture = 0; picture < PICTURES; picture++) {
		const points = plantedPoints(picture);
		const sample = sampleOf(points, new Float64Array(ROWS).fill(1), `picture ${picture}`);
		sum.add({ images: 1, moments: momentsOf(kernels, points), sample });
	}
	const options = codebookOptions({ ...DEFAULT_OPTIONS, clusters: CLUSTERS, pca: "off", whiten: 0, restarts: 3 });
	const model = { name: "none", digest: "0".repeat(64), revision: null, dtype: "fp32" } as const;
	const { centroids } = fitCodebook(kernels, { model, options, summary: sum.summary() }).codebook;
	const seconds = (performance.now() - start) / 1000;
	let inertia = 0;
	for (let picture = 0; picture < PICTURES; picture++) {
		const { distances } = kernels.assignClusters(plantedPoints(picture).data, ROWS, COLS, centroids, CLUSTERS);
		inertia += distances.reduce((total, distance) => total + distance, 0);
	}
	const ratio = inertia / reference;
	const peak = 1024 * process.resourceUsage().maxRSS;
	console.log(JSON.stringify({ seconds, ratio, inertiaLimit: INERTIA_LIMIT, peak, limit: MEMORY_LIMIT }));
	process.exitCode = ratio <= INERTIA_LIMIT && peak <= MEMORY_LIMIT ? 0 : 1;
}

if (process.argv[2] === REFERENCE) {
	console.log(referenceInertia());
} else {
	measure();
}
