import { checkedCopy, type Kernels } from "@dinoseg/kernels";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { groupByCluster } from "./cluster-groups.ts";

/** Distances that are kept at once. */
const BLOCK_DISTANCES = 2 ** 20;

/**
 * How much nearer each point is to its own cluster than to the next one, from -1 to 1: (b - a) / max(a, b), a being its
 * mean distance to the other points of its cluster, b the lowest mean distance to those of another cluster.
 *
 * Convention: 0 for a point alone in its cluster, and for all points where there is one cluster only. Time grows with the
 * square of the number of points.
 * Source: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7; scikit-learn `silhouette_samples`.
 *
 * @param points shape (N, D).
 * @param labels cluster of each point, shape (N,).
 * @returns shape (N,).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function silhouetteSamples(kernels: Kernels, points: Matrix, labels: ArrayLike<number>): Float64Array {
	checkMatrix("silhouetteSamples", "points", points);
	const { data, rows, cols } = points;
	const { count, indices, sizes } = groupByCluster("silhouetteSamples", points, labels, kernels.check);
	const samples = new Float64Array(rows);
	if (count < 2) {
		return samples;
	}
	const targets = new Float64Array(data.length);
	checkedCopy(kernels.check, data, targets);
	const block = Math.max(1, Math.floor(BLOCK_DISTANCES / rows));
	const sums = new Float64Array(count);
	for (let start = 0; start < rows; start += block) {
		const end = Math.min(start + block, rows);
		const squares = kernels.squaredDistances(data.subarray(start * cols, end * cols), end - start, cols, targets, rows);
		for (let i = start; i < end; i++) {
			sums.fill(0);
			const row = (i - start) * rows;
			for (let j = 0; j < rows; j++) {
				sums[indices[j]] += Math.sqrt(squares[row + j]);
			}
			samples[i] = widthOf(sums, sizes, indices[i]);
		}
	}
	return samples;
}

/** Mean of `silhouetteSamples`; 0 without points. */
export function silhouette(kernels: Kernels, points: Matrix, labels: ArrayLike<number>): number {
	const samples = silhouetteSamples(kernels, points, labels);
	return samples.length === 0 ? 0 : samples.reduce((sum, value) => sum + value, 0) / samples.length;
}

function widthOf(sums: Float64Array, sizes: Float64Array, own: number): number {
	if (sizes[own] === 1) {
		return 0;
	}
	const inside = sums[own] / (sizes[own] - 1);
	let outside = Number.POSITIVE_INFINITY;
	for (let cluster = 0; cluster < sizes.length; cluster++) {
		if (cluster !== own) {
			outside = Math.min(outside, sums[cluster] / sizes[cluster]);
		}
	}
	const larger = Math.max(inside, outside);
	return larger === 0 ? 0 : (outside - inside) / larger;
}
