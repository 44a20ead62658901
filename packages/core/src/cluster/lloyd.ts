import type { Assignment, Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { type BoundedAssignment, boundedAssignment } from "./bounded-assignment.ts";
import { type ClusterSums, clusterSums } from "./cluster-sums.ts";
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

/** A clustering with the distances from which it can be improved. */
export interface MeasuredClustering extends Clustering {
	/** Squared distances of each point to its own centroid and to the nearest other one. Shape (N,) each. */
	readonly nearest: Pick<Assignment, "distances" | "secondDistances">;
}

export interface LloydOptions {
	readonly maxIterations: number;
	/** Sum of the squared shifts of all centroids up to which they have come to rest, squared units of the points. */
	readonly restShift: number;
	/** How much each point counts, above 0. Shape (N,). @default 1 each */
	readonly weights?: Float64Array | undefined;
}

/** What a descent works on, handed from step to step. */
export interface DescentState {
	readonly bounded: BoundedAssignment;
	readonly sums: ClusterSums;
	/** Shape (K, D). `bounded` and `sums` hold the labels of these. */
	centroids: Float64Array;
	iterations: number;
}

/** A descent before its first step. */
export function beginDescent(
	kernels: Kernels,
	points: Matrix,
	weights: Float64Array,
	start: Float64Array,
): DescentState {
	const bounded = boundedAssignment(kernels, points);
	const sums = clusterSums(kernels, points, weights, start.length / points.cols);
	bounded.assign(start);
	sums.reset(bounded.labels);
	return { bounded, sums, centroids: start, iterations: 0 };
}

/**
 * Lloyd's iteration, until no label changes, the centroids have come to rest, or `maxIterations` is reached.
 *
 * Convention: an empty cluster takes the point that is farthest from its centroid (the first of equals) out of a
 * cluster of several points.
 *
 * Source: Lloyd 1982, doi:10.1109/TIT.1982.1056489; stopping as in scikit-learn `KMeans(algorithm="lloyd")`.
 */
export function iterateLloyd(state: DescentState, options: LloydOptions): void {
	const { bounded, sums } = state;
	let settled = false;
	for (let iteration = 0; !settled && iteration < options.maxIterations; iteration++) {
		const refilled = sums.sizes.includes(0);
		if (refilled) {
			const assignment = bounded.assign(state.centroids);
			refillEmptyClusters(assignment, sums.sizes.slice());
			sums.reset(assignment.labels);
			bounded.labels.set(assignment.labels);
		}
		const before = bounded.labels.slice();
		const next = sums.means();
		const shift = squaredShift(state.centroids, next);
		state.centroids = next;
		state.iterations++;
		if (refilled) {
			// The bounds are not those of the labels any more.
			bounded.assign(next);
		} else {
			bounded.follow(next);
		}
		settled = !refilled && (shift <= options.restShift || equalLabels(before, bounded.labels));
		sums.update(bounded.labels);
		settled &&= !sums.sizes.includes(0);
	}
}

/** The clustering that a descent has come to: labels, inertia and centroids belong together. */
export function endDescent(state: DescentState, weights: Float64Array): MeasuredClustering {
	const { bounded, sums, centroids } = state;
	const clusters = sums.sizes.length;
	const assignment = bounded.assign(centroids);
	sums.update(assignment.labels);
	return withoutEmptyClusters(
		assignment,
		weights,
		centroids,
		sums.sizes,
		centroids.length / clusters,
		state.iterations,
	);
}

/**
 * Lloyd's iteration from given centroids.
 *
 * @param start shape (K, D). Not modified.
 */
export function lloyd(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: LloydOptions,
): MeasuredClustering {
	const weights = options.weights ?? unitWeights(points.rows);
	const state = beginDescent(kernels, points, weights, start);
	iterateLloyd(state, options);
	return endDescent(state, weights);
}

/** Move the farthest points into the empty clusters, changing `assignment` and `sizes`. */
function refillEmptyClusters(assignment: Assignment, sizes: Uint32Array): void {
	const { labels, distances } = assignment;
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
	}
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
): MeasuredClustering {
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
		nearest: assignment,
	};
}
