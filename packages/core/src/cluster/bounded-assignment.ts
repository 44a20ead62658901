import type { Assignment, Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { gatherRows } from "./gather-rows.ts";

/** Far above what rounding does to a distance, far below what a bound is worth. */
const ROUNDING = 1e-9;
/** From this share of points in doubt on, it is faster to look at all of them where they lie. */
const MOST = 0.5;

/** The nearest centroid of every point while the centroids move. */
export interface BoundedAssignment {
	/** The centroid nearest to each point, by the last centroids. Shape (N,). */
	readonly labels: Uint16Array;
	/** At least the distance of each point to its own centroid, not squared. Shape (N,). */
	readonly upper: Float64Array;
	/** At most the distance of each point to the nearest other centroid; may be negative. Shape (N,). */
	readonly lower: Float64Array;
	/** Compute all distances anew. */
	assign(centroids: Float64Array): Assignment;
	/**
	 * Follow centroids that moved a little: `labels` become those of `centroids`, exactly as `assign` would make them.
	 *
	 * @param centroids shape (K, D), K as in the last call.
	 */
	follow(centroids: Float64Array): void;
}

/**
 * Labels by two bounds a point: the distance to its own centroid grows by no more than that one moved, the distance to
 * the others shrinks by no more than the one that moved farthest. Only where the bounds have met does a point need
 * its distances.
 *
 * Source: Hamerly 2010, "Making k-means even faster", SDM, doi:10.1137/1.9781611972801.12.
 *
 * @param points shape (N, D). Not modified.
 */
export function boundedAssignment(kernels: Kernels, points: Matrix): BoundedAssignment {
	const { data, rows, cols } = points;
	const labels = new Uint16Array(rows);
	const upper = new Float64Array(rows);
	const lower = new Float64Array(rows);
	const doubtful = new Uint32Array(rows);
	let current = new Float64Array(0);

	function setBounds(row: number, assignment: Assignment, at: number): void {
		labels[row] = assignment.labels[at];
		upper[row] = Math.sqrt(assignment.distances[at]) * (1 + ROUNDING);
		lower[row] = Math.sqrt(assignment.secondDistances[at]) * (1 - ROUNDING);
	}

	function assign(centroids: Float64Array): Assignment {
		const assignment = kernels.assignClusters(data, rows, cols, centroids, centroids.length / cols);
		for (let i = 0; i < rows; i++) {
			setBounds(i, assignment, i);
		}
		current = centroids.slice();
		return assignment;
	}

	/** Move the bounds and list the points whose bounds have met. */
	function findDoubtful(centroids: Float64Array): number {
		const shifts = centroidShifts(current, centroids, cols);
		const farthest = shifts.indexOf(shifts.reduce((most, shift) => Math.max(most, shift)));
		const others = shifts.reduce((most, shift, k) => (k === farthest ? most : Math.max(most, shift)), 0);
		let count = 0;
		for (let i = 0; i < rows; i++) {
			const label = labels[i];
			upper[i] += shifts[label];
			lower[i] -= label === farthest ? others : shifts[farthest];
			if (!(upper[i] < lower[i])) {
				doubtful[count++] = i;
			}
		}
		return count;
	}

	return {
		labels,
		upper,
		lower,
		assign,
		follow(centroids) {
			const count = findDoubtful(centroids);
			if (count > MOST * rows) {
				assign(centroids);
				return;
			}
			current = centroids.slice();
			if (count === 0) {
				return;
			}
			const gathered = gatherRows(points, doubtful, count, kernels.check);
			const assignment = kernels.assignClusters(gathered, count, cols, centroids, centroids.length / cols);
			for (let i = 0; i < count; i++) {
				setBounds(doubtful[i], assignment, i);
			}
		},
	};
}

/** How far each centroid moved, rounded up. Shape (K,). */
function centroidShifts(before: Float64Array, after: Float64Array, cols: number): Float64Array {
	const shifts = new Float64Array(before.length / cols);
	for (let k = 0; k < shifts.length; k++) {
		let sum = 0;
		for (let d = k * cols; d < (k + 1) * cols; d++) {
			const difference = after[d] - before[d];
			sum += difference * difference;
		}
		shifts[k] = Math.sqrt(sum) * (1 + ROUNDING);
	}
	return shifts;
}
