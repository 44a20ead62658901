/**
 * `npm run bench:k-means`: how often ten restarts miss the promised inertia, 1.001 times that of scikit-learn, over
 * seeds, k = 2 to 8 and the reference grids; for each step that the method has beyond k-means++ and Lloyd's iteration,
 * with its time.
 */

import { createRandom, type Random } from "@dinoseg/core";
import { kMeans } from "@dinoseg/core/cluster";
import { fitPca, projectPca } from "@dinoseg/core/linalg";
import type { Matrix } from "@dinoseg/core/tensor";
import { type Kernels, loadKernels } from "@dinoseg/kernels";
import { loadFloats, loadJson, loadTensors } from "../fixtures/load.ts";
import { initialCentroids } from "../packages/core/src/cluster/k-means-plus-plus.ts";
import { type Clustering, type LloydOptions, lloyd } from "../packages/core/src/cluster/lloyd.ts";
import { descend, searchOnce } from "../packages/core/src/cluster/search.ts";

const SEEDS = Number(process.argv[2] ?? 20);
const CLUSTERS = [2, 3, 4, 5, 6, 7, 8];
const RESTARTS = 10;

type References = Record<string, { readonly k: Record<string, { readonly inertia_limit: number }> }>;
const references = loadJson<References>("reference/kmeans/kmeans.json");
const sizes = loadJson<Record<string, { n_samples: number; n_features: number }>>("reference/pca/pca.json");
const kernels: Kernels = await loadKernels();

function gridOf(name: string): Matrix {
	const { n_samples: rows, n_features: cols } = sizes[name];
	const stored = loadTensors(`reference/pca/${name}.safetensors`).get("reduced");
	if (stored !== undefined) {
		return { data: stored.data as Float32Array, rows, cols: stored.data.length / rows };
	}
	const tokens: Matrix = { data: loadFloats(`reference/pca/${name}_data.safetensors`, "tokens"), rows, cols };
	return projectPca(kernels, fitPca(kernels, tokens, 0.99).model, tokens);
}

/** The mean over the columns of their variances, times scikit-learn's default tolerance. */
function restShift(points: Matrix): number {
	const { data, rows, cols } = points;
	const mean = kernels.columnMeans(data, rows, cols);
	const distances = kernels.squaredDistances(data, rows, cols, mean, 1);
	return (1e-4 * distances.reduce((sum, distance) => sum + distance, 0)) / (rows * cols);
}

interface Start {
	readonly centroids: () => Float64Array;
	readonly limits: LloydOptions;
	readonly clusters: number;
	readonly random: Random;
}

/** The least inertia of ten starts, each improved by `improve`. */
function bestOf(improve: (points: Matrix, start: Start) => Clustering): Method {
	return (points, clusters, seed) => {
		const random = createRandom(seed);
		const weights = new Float64Array(points.rows).fill(1);
		const limits = { maxIterations: 300, restShift: restShift(points), weights };
		const centroids = () => initialCentroids(kernels, points, weights, clusters, random);
		let least = Number.POSITIVE_INFINITY;
		for (let restart = 0; restart < RESTARTS; restart++) {
			least = Math.min(least, improve(points, { centroids, limits, clusters, random }).inertia);
		}
		return least;
	};
}

/** The inertia that a method comes to. */
type Method = (points: Matrix, clusters: number, seed: number) => number;

const METHODS: Readonly<Record<string, Method>> = {
	"k-means++ and Lloyd": bestOf((points, { centroids, limits }) => lloyd(kernels, points, centroids(), limits)),
	"with the exchange": bestOf((points, { centroids, limits }) => descend(kernels, points, centroids(), limits)),
	"with exchange and swaps": bestOf((points, { limits, clusters, random }) =>
		searchOnce(kernels, points, clusters, random, limits),
	),
	"swaps in the leading columns, then the exchange in all": (points, clusters, seed) =>
		kMeans(kernels, points, { clusters, restarts: RESTARTS, random: createRandom(seed) }).inertia,
};

const grids = Object.keys(references).map((name) => ({ name, points: gridOf(name) }));
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

console.log(
	`| method | ${grids.map(({ name }) => name).join(" | ")} | seeds above the limit | median times at k = 8 |`,
);
console.log(`| --- |${" ---: |".repeat(grids.length + 2)}`);
for (const [name, method] of Object.entries(METHODS)) {
	const missed: number[] = [];
	const times: string[] = [];
	for (const grid of grids) {
		let count = 0;
		const milliseconds: number[] = [];
		for (const clusters of CLUSTERS) {
			for (let seed = 0; seed < SEEDS; seed++) {
				const began = performance.now();
				const inertia = method(grid.points, clusters, seed);
				if (clusters === CLUSTERS[CLUSTERS.length - 1]) {
					milliseconds.push(performance.now() - began);
				}
				count += inertia > references[grid.name].k[clusters].inertia_limit ? 1 : 0;
			}
		}
		missed.push(count);
		times.push(median(milliseconds).toFixed(0));
	}
	const total = missed.reduce((sum, count) => sum + count, 0);
	const runs = CLUSTERS.length * SEEDS * grids.length;
	console.log(`| ${name} | ${missed.join(" | ")} | ${total} of ${runs} | ${times.join(", ")} ms |`);
}
