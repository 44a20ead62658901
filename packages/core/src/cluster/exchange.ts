import type { Kernels } from "@dinoseg/kernels";
import { throwIfAborted } from "../abort.ts";
import type { Matrix } from "../tensor/index.ts";
import { distanceBlocks } from "./distance-blocks.ts";
import type { Clustering, LloydOptions } from "./lloyd.ts";

/** Relative gain below which a move is rounding. */
const NEGLIGIBLE_GAIN = 1e-9;

/** Centroids after points changed their clusters. */
export interface Exchange {
	/** Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Points that moved; 0 means that `centroids` are those of the clustering that came in. */
	readonly moves: number;
	/** Passes over the points. */
	readonly passes: number;
}

/**
 * Move single points to another cluster as long as that lowers the inertia, both centroids following at once.
 *
 * Lloyd's iteration stops where every point has its nearest centroid. A point of a cluster of n may still pay to move:
 * leaving saves n / (n - 1) times its squared distance, joining a cluster of m costs m / (m + 1) times that
 * distance. So this ends in a subset of Lloyd's optima, and a visibly better one where clusters are small.
 *
 * Convention: candidates are found for many points at once, then looked at again one by one, in their order, with the
 * centroids as they are by then.
 *
 * Source: Hartigan 1975, Clustering Algorithms, chapter 4; Telgarsky and Vattani 2010, "Hartigan's method: k-means
 * clustering without Voronoi", AISTATS.
 *
 * @param clustering a result of `lloyd`. Not modified.
 * @throws DinosegError ABORTED
 */
export function exchangePoints(
	kernels: Kernels,
	points: Matrix,
	clustering: Clustering,
	options: Pick<LloydOptions, "maxIterations" | "signal">,
): Exchange {
	const { data, cols } = points;
	const { clusters } = clustering;
	const labels = clustering.labels.slice();
	const centroids = clustering.centroids.slice();
	const sizes = new Uint32Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		sizes[labels[i]]++;
	}
	let moves = 0;
	let passes = 0;
	let before = -1;
	while (clusters > 1 && moves > before && passes < options.maxIterations) {
		throwIfAborted(options.signal);
		before = moves;
		passes++;
		for (const block of distanceBlocks(kernels, points, centroids, clusters)) {
			for (let row = 0; row < block.rows; row++) {
				const i = block.first + row;
				const from = labels[i];
				if (betterCluster(block.distances, row * clusters, from, sizes) === from) {
					continue;
				}
				const point = data.subarray(i * cols, (i + 1) * cols);
				const current = kernels.squaredDistances(point, 1, cols, centroids, clusters);
				const to = betterCluster(current, 0, from, sizes);
				if (to !== from) {
					moveMean(centroids, from, point, -1 / (sizes[from] - 1));
					moveMean(centroids, to, point, 1 / (sizes[to] + 1));
					sizes[from]--;
					sizes[to]++;
					labels[i] = to;
					moves++;
				}
			}
		}
	}
	return { centroids, moves, passes };
}

/** The cluster in which a point costs least, given its distances to all centroids; `from` unless the gain is real. */
function betterCluster(distances: Float64Array, start: number, from: number, sizes: Uint32Array): number {
	if (sizes[from] < 2) {
		return from;
	}
	const leaving = (distances[start + from] * sizes[from]) / (sizes[from] - 1);
	let least = leaving * (1 - NEGLIGIBLE_GAIN);
	let best = from;
	for (let k = 0; k < sizes.length; k++) {
		const joining = (distances[start + k] * sizes[k]) / (sizes[k] + 1);
		if (joining < least && k !== from) {
			least = joining;
			best = k;
		}
	}
	return best;
}

/** Move one mean by a share of its difference to a point. */
function moveMean(centroids: Float64Array, cluster: number, point: Float32Array, share: number): void {
	const start = cluster * point.length;
	for (let d = 0; d < point.length; d++) {
		centroids[start + d] += (point[d] - centroids[start + d]) * share;
	}
}
