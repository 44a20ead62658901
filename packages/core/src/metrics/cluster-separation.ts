import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { type ClusterGroups, groupByCluster } from "./cluster-groups.ts";

/**
 * Variance between clusters over variance inside them, each per degree of freedom: higher is better.
 *
 * Convention: 0 for a single cluster; 1 where no point differs from the mean of its cluster, as scikit-learn has it.
 * Source: Calinski and Harabasz 1974, doi:10.1080/03610927408827101; scikit-learn `calinski_harabasz_score`.
 *
 * @param points shape (N, D).
 * @param labels cluster of each point, shape (N,).
 * @param check  called between points; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function calinskiHarabasz(points: Matrix, labels: ArrayLike<number>, check: Check = noCheck): number {
	checkMatrix("calinskiHarabasz", "points", points);
	const groups = groupByCluster("calinskiHarabasz", points, labels, check);
	const { count, sizes, means } = groups;
	if (count < 2) {
		return 0;
	}
	const { rows, cols } = points;
	const inside = squaresToMeans(check, points, groups).reduce((sum, square) => sum + square, 0);
	const centre = new Float64Array(cols);
	for (let at = 0; at < means.length; at++) {
		centre[at % cols] += (means[at] * sizes[Math.floor(at / cols)]) / rows;
	}
	let between = 0;
	for (let at = 0; at < means.length; at++) {
		const difference = means[at] - centre[at % cols];
		between += sizes[Math.floor(at / cols)] * difference * difference;
	}
	return inside === 0 ? 1 : (between * (rows - count)) / (inside * (count - 1));
}

/**
 * Mean over clusters of how wide they and their most similar neighbour are compared to the distance of their means: lower
 * is better.
 *
 * Convention: 0 for a single cluster; clusters of the same mean do not count as neighbours, as scikit-learn has it.
 * Source: Davies and Bouldin 1979, doi:10.1109/TPAMI.1979.4766909; scikit-learn `davies_bouldin_score`.
 *
 * @param points shape (N, D).
 * @param labels cluster of each point, shape (N,).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function daviesBouldin(points: Matrix, labels: ArrayLike<number>): number {
	checkMatrix("daviesBouldin", "points", points);
	const groups = groupByCluster("daviesBouldin", points, labels);
	const { count, indices, sizes, means } = groups;
	if (count < 2) {
		return 0;
	}
	const widths = new Float64Array(count);
	squaresToMeans(noCheck, points, groups).forEach((square, i) => {
		widths[indices[i]] += Math.sqrt(square) / sizes[indices[i]];
	});
	let sum = 0;
	for (let a = 0; a < count; a++) {
		let worst = 0;
		for (let b = 0; b < count; b++) {
			const distance = Math.sqrt(squaredDistance(means, a * points.cols, means, b * points.cols, points.cols));
			if (b !== a && distance > 0) {
				worst = Math.max(worst, (widths[a] + widths[b]) / distance);
			}
		}
		sum += worst;
	}
	return sum / count;
}

/** Squared distance of each point to the mean of its cluster. Shape (N,). */
function squaresToMeans(check: Check, { data, rows, cols }: Matrix, { indices, means }: ClusterGroups): Float64Array {
	const squares = new Float64Array(rows);
	for (let i = 0; i < rows; i++) {
		check();
		squares[i] = squaredDistance(data, i * cols, means, indices[i] * cols, cols);
	}
	return squares;
}

function squaredDistance(
	a: ArrayLike<number>,
	aStart: number,
	b: ArrayLike<number>,
	bStart: number,
	dim: number,
): number {
	let sum = 0;
	for (let d = 0; d < dim; d++) {
		const difference = a[aStart + d] - b[bStart + d];
		sum += difference * difference;
	}
	return sum;
}
