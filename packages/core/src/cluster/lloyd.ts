import type { Assignment, Kernels } from "@dinoseg/kernels";
import { type AbortState, throwIfAborted } from "../abort.ts";
import type { Matrix } from "../tensor/index.ts";
import { unitWeights } from "./weights.ts";

/** One clustering of (N, D) points. */
export interface Clustering {
	/** Nearest centroid of each point; the lowest index on ties. Shape (N,). */
	readonly labels: Uint16Array;
	/** Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Number of clusters; each has at least one point. */
	readonly clusters: number;
	/** Sum of the squared distances of all points to their centroids, times their weights; squared units of the points. */
	readonly inertia: number;
	/** Passes over the points after which the centroids moved or were found at rest. */
	readonly iterations: number;
}

export interface LloydOptions {
	readonly maxIterations: number;
	/** Sum of the squared shifts of all centroids up to which they have come to rest, squared units of the points. */
	readonly restShift: number;
	/** How much each point counts, above 0. Shape (N,). @default 1 each */
	readonly weights?: Float64Array | undefined;
	readonly signal?: AbortState | undefined;
}

/**
 * Lloyd's iteration from given centroids, until no label changes, the centroids have come to rest, or
 * `maxIterations` is reached.
 *
 * Convention: an empty cluster takes the point that is farthest from its centroid (the first of equals) out of a
 * cluster of several points. Labels, inertia and centroids of the result belong together: labels are those
 * of the returned centroids.
 *
 * Source: Lloyd 1982, doi:10.1109/TIT.1982.1056489; stopping as in scikit-learn `KMeans(algorithm="lloyd")`.
 *
 * @param start shape (K, D). Not modified.
 * @throws DinosegError ABORTED
 */
export function lloyd(kernels: Kernels, points: Matrix, start: Float64Array, options: LloydOptions): Clustering {
	const { data, rows, cols } = points;
	const clusters = start.length / cols;
	const weights = options.weights ?? unitWeights(rows);
	let centroids = start;
	let assignment = kernels.assignClusters(data, rows, cols, centroids, clusters);
	let sizes = clusterSizes(assignment.labels, clusters);
	let iterations = 0;
	let settled = false;
	while (!settled && iterations < options.maxIterations) {
		throwIfAborted(options.signal);
		const refilled = refillEmptyClusters(assignment, sizes);
		const next = clusterMeans(points, weights, assignment.labels, clusters);
		const shift = squaredShift(centroids, next);
		const before = assignment.labels;
		centroids = next;
		iterations++;
		assignment = kernels.assignClusters(data, rows, cols, centroids, clusters);
		sizes = clusterSizes(assignment.labels, clusters);
		settled = !refilled && (shift <= options.restShift || equalLabels(before, assignment.labels));
		settled &&= !sizes.includes(0);
	}
	return withoutEmptyClusters(assignment, weights, centroids, sizes, cols, iterations);
}

function clusterSizes(labels: Uint16Array, clusters: number): Uint32Array {
	const sizes = new Uint32Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		sizes[labels[i]]++;
	}
	return sizes;
}

/** Move the farthest points into the empty clusters, changing `assignment` and `sizes`; true if there were any. */
function refillEmptyClusters(assignment: Assignment, sizes: Uint32Array): boolean {
	const { labels, distances } = assignment;
	let refilled = false;
	for (let empty = sizes.indexOf(0); empty >= 0; empty = sizes.indexOf(0)) {
		let farthest = -1;
		for (let i = 0; i < labels.length; i++) {
			if (sizes[labels[i]] > 1 && (farthest < 0 || distances[i] > distances[farthest])) {
				farthest = i;
			}
		}
		sizes[labels[farthest]]--;
		sizes[empty] = 1;
		labels[farthest] = empty;
		distances[farthest] = 0;
		refilled = true;
	}
	return refilled;
}

/** Weighted mean of the points of each cluster, summed in their order; no cluster is empty. Shape (clusters, D). */
export function clusterMeans(
	points: Matrix,
	weights: Float64Array,
	labels: Uint16Array,
	clusters: number,
): Float64Array {
	const { data, rows, cols } = points;
	const means = new Float64Array(clusters * cols);
	const masses = new Float64Array(clusters);
	for (let i = 0; i < rows; i++) {
		const row = i * cols;
		const start = labels[i] * cols;
		const weight = weights[i];
		masses[labels[i]] += weight;
		for (let d = 0; d < cols; d++) {
			means[start + d] += data[row + d] * weight;
		}
	}
	for (let k = 0; k < clusters; k++) {
		for (let d = k * cols; d < (k + 1) * cols; d++) {
			means[d] /= masses[k];
		}
	}
	return means;
}

function squaredShift(before: Float64Array, after: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < before.length; i++) {
		const difference = after[i] - before[i];
		sum += difference * difference;
	}
	return sum;
}

function equalLabels(a: Uint16Array, b: Uint16Array): boolean {
	for (let i = 0; i < a.length; i++) {
		if (a[i] !== b[i]) {
			return false;
		}
	}
	return true;
}

/** Drop centroids that no point chose when the iterations ran out; the others keep their order. */
function withoutEmptyClusters(
	assignment: Assignment,
	weights: Float64Array,
	centroids: Float64Array,
	sizes: Uint32Array,
	dim: number,
	iterations: number,
): Clustering {
	const kept = Array.from(sizes.keys()).filter((k) => sizes[k] > 0);
	const compact = new Float64Array(kept.length * dim);
	const renumbered = new Uint16Array(sizes.length);
	for (let k = 0; k < kept.length; k++) {
		compact.set(centroids.subarray(kept[k] * dim, (kept[k] + 1) * dim), k * dim);
		renumbered[kept[k]] = k;
	}
	let inertia = 0;
	for (let i = 0; i < assignment.distances.length; i++) {
		inertia += assignment.distances[i] * weights[i];
	}
	return {
		labels: assignment.labels.map((label) => renumbered[label]),
		centroids: compact,
		clusters: kept.length,
		inertia,
		iterations,
	};
}
