import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";

/** e, e^2, ... rounded up, as far as 65535 clusters need: floor(ln k) without a logarithm, the same in every engine. */
const POWERS_OF_E = [3, 8, 21, 55, 149, 404, 1097, 2981, 8104, 22027, 59875] as const;

/** Points that could become centroids. */
export interface Candidates {
	readonly count: number;
	/** Shape (count, D). */
	readonly points: Float64Array;
	/** Squared distance of every point to each of them. Shape (N, count). */
	readonly distances: Float64Array;
}

/**
 * Draw 2 + floor(ln k) points, each with probability proportional to its weight times its squared distance to the
 * nearest centroid.
 *
 * Source: the number of draws as in scikit-learn `kmeans_plusplus`.
 *
 * @param nearest squared distance of each point to its nearest centroid. Shape (N,).
 * @param weights how much each point counts. Shape (N,).
 * @param clusters k.
 * @returns undefined when every point lies on a centroid.
 */
export function drawCandidates(
	kernels: Kernels,
	points: Matrix,
	nearest: Float64Array,
	weights: Float64Array,
	clusters: number,
	random: Random,
): Candidates | undefined {
	const { data, rows, cols } = points;
	const shares = new Float64Array(rows);
	for (let i = 0; i < rows; i++) {
		shares[i] = nearest[i] * weights[i];
	}
	const cumulative = runningSum(shares);
	const potential = cumulative[rows - 1];
	if (!(potential > 0)) {
		return undefined;
	}
	const count = 2 + POWERS_OF_E.filter((power) => clusters >= power).length;
	const drawn = new Float64Array(count * cols);
	for (let i = 0; i < count; i++) {
		const row = firstAbove(cumulative, random.next() * potential);
		drawn.set(data.subarray(row * cols, (row + 1) * cols), i * cols);
	}
	return { count, points: drawn, distances: kernels.squaredDistances(data, rows, cols, drawn, count) };
}

/** Sum of the elements up to and including each. */
export function runningSum(values: Float64Array): Float64Array {
	const sums = new Float64Array(values.length);
	let sum = 0;
	for (let i = 0; i < values.length; i++) {
		sum += values[i];
		sums[i] = sum;
	}
	return sums;
}

/** Index of the first element above `value`; where rounding put `value` at the end, of the first that equals the end. */
export function firstAbove(rising: Float64Array, value: number): number {
	let low = 0;
	let high = rising.length - 1;
	const end = rising[high];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (rising[middle] > value || rising[middle] === end) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}
