import type { Kernels } from "@dinoseg/kernels";
import { throwIfAborted } from "../abort.ts";
import type { Matrix } from "../tensor/index.ts";
import { distanceBlocks } from "./distance-blocks.ts";
import type { Clustering, LloydOptions } from "./lloyd.ts";
import { unitWeights } from "./weights.ts";

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
 * distance; with weights, n and m are sums of weights and 1 is the weight of the point. So this ends in a subset of Lloyd's optima, and a visibly better one where clusters are small.
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
	options: Pick<LloydOptions, "maxIterations" | "signal" | "weights">,
): Exchange {
	const { data, cols } = points;
	const { clusters } = clustering;
	const labels = clustering.labels.slice();
	const centroids = clustering.centroids.slice();
	const weights = options.weights ?? unitWeights(points.rows);
	const sizes = new Uint32Array(clusters);
	const masses = new Float64Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		sizes[labels[i]]++;
		masses[labels[i]] += weights[i];
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
				const weight = weights[i];
				// A cluster is never left empty; by rounding, its mass may be gone before its last point is.
				if (sizes[from] < 2 || !(masses[from] > weight)) {
					continue;
				}
				if (betterCluster(block.distances, row * clusters, from, masses, weight) === from) {
					continue;
				}
				const point = data.subarray(i * cols, (i + 1) * cols);
				const current = kernels.squaredDistances(point, 1, cols, centroids, clusters);
				const to = betterCluster(current, 0, from, masses, weight);
				if (to !== from) {
					moveMean(centroids, from, point, -weight / (masses[from] - weight));
					moveMean(centroids, to, point, weight / (masses[to] + weight));
					masses[from] -= weight;
					masses[to] += weight;
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
function betterCluster(
	distances: Float64Array,
	start: number,
	from: number,
	masses: Float64Array,
	weight: number,
): number {
	const leaving = (distances[start + from] * masses[from]) / (masses[from] - weight);
	let least = leaving * (1 - NEGLIGIBLE_GAIN);
	let best = from;
	for (let k = 0; k < masses.length; k++) {
		const joining = (distances[start + k] * masses[k]) / (masses[k] + weight);
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
