import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { gatherRows } from "./gather-rows.ts";
import type { DescentState } from "./lloyd.ts";

/** Relative gain below which a move is rounding. */
const NEGLIGIBLE_GAIN = 1e-9;

/**
 * Move single points to another cluster where that lowers the inertia, both centroids following at once.
 *
 * Lloyd's iteration stops where every point has its nearest centroid. A point of a cluster of n may still pay to move:
 * leaving saves n / (n - 1) times its squared distance, joining a cluster of m costs m / (m + 1) times that
 * distance; with weights, n and m are sums of weights and 1 is the weight of the point. So a descent that goes on with
 * this ends in a subset of Lloyd's optima, and in a visibly better one where clusters are small.
 *
 * Convention: one pass over the points in their order. Which to look at is decided by the distances to the centroids
 * before the pass, whether they move by the centroids as they are by then.
 *
 * Source: Hartigan 1975, Clustering Algorithms, chapter 4; Telgarsky and Vattani 2010, "Hartigan's method: k-means
 * clustering without Voronoi", AISTATS.
 *
 * @param weights how much each point counts. Shape (N,).
 * @param state its centroids become those after the moves, its labels the nearest of those.
 * @returns whether a point moved.
 */
export function exchangePoints(kernels: Kernels, points: Matrix, weights: Float64Array, state: DescentState): boolean {
	const { data, cols } = points;
	const { labels } = state.bounded;
	const centroids = state.centroids.slice();
	const sizes = state.sums.sizes.slice();
	const masses = state.sums.masses.slice();
	const clusters = sizes.length;
	const candidates = findCandidates(kernels, points, weights, state);
	let moves = 0;
	for (const i of candidates) {
		const from = labels[i];
		const weight = weights[i];
		if (!canLeave(sizes[from], masses[from], weight)) {
			continue;
		}
		const point = data.subarray(i * cols, (i + 1) * cols);
		const to = betterCluster(kernels.squaredDistances(point, 1, cols, centroids, clusters), 0, from, masses, weight);
		if (to !== from) {
			moveMean(centroids, from, point, -weight / (masses[from] - weight));
			moveMean(centroids, to, point, weight / (masses[to] + weight));
			masses[from] -= weight;
			masses[to] += weight;
			sizes[from]--;
			sizes[to]++;
			moves++;
		}
	}
	if (moves === 0) {
		return false;
	}
	state.centroids = centroids;
	state.bounded.follow(centroids);
	state.sums.update(labels);
	return true;
}

/** The points that pay to move with the centroids where they are, in their order. */
function findCandidates(kernels: Kernels, points: Matrix, weights: Float64Array, state: DescentState): number[] {
	const { labels, upper, lower } = state.bounded;
	const { sizes, masses } = state.sums;
	const clusters = sizes.length;
	const least = masses.reduce((lightest, mass) => Math.min(lightest, mass));
	const possible = new Uint32Array(points.rows);
	let count = 0;
	for (let i = 0; i < points.rows; i++) {
		const from = labels[i];
		const weight = weights[i];
		const leaving = (upper[i] * upper[i] * masses[from]) / (masses[from] - weight);
		const second = Math.max(0, lower[i]);
		const joining = (second * second * least) / (least + weight);
		if (canLeave(sizes[from], masses[from], weight) && !(joining > leaving)) {
			possible[count++] = i;
		}
	}
	if (count === 0 || clusters < 2) {
		return [];
	}
	const gathered = gatherRows(points, possible, count, kernels.check);
	const distances = kernels.squaredDistances(gathered, count, points.cols, state.centroids, clusters);
	const candidates: number[] = [];
	for (let at = 0; at < count; at++) {
		const i = possible[at];
		if (betterCluster(distances, at * clusters, labels[i], masses, weights[i]) !== labels[i]) {
			candidates.push(i);
		}
	}
	return candidates;
}

/** A cluster is never left empty; by rounding, its mass may be gone before its last point is. */
function canLeave(size: number, mass: number, weight: number): boolean {
	return size > 1 && mass > weight;
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
