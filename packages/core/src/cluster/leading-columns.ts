import type { Check, Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { clusterMeans } from "./cluster-sums.ts";

/**
 * The columns of largest variance, as few as hold a share of the whole variance; the columns keep their order.
 *
 * The clusters of data whose columns are principal components lie in the first few of them. The others hold mostly
 * noise: they add nearly the same to all distances of a point.
 *
 * Source: Ding and He 2004, "K-means clustering via principal component analysis", ICML, doi:10.1145/1015330.1015408.
 *
 * @param points shape (N, D). Not modified.
 * @param variances of the columns, to any common scale. Shape (D,).
 * @param share 0 to 1.
 * @param check called between points.
 * @returns shape (N, M); `points` itself when all columns are needed.
 */
export function leadingColumns(points: Matrix, variances: Float64Array, share: number, check: Check): Matrix {
	const { data, rows, cols } = points;
	const order = Array.from(variances.keys()).sort((a, b) => variances[b] - variances[a]);
	const wanted = share * variances.reduce((sum, variance) => sum + variance, 0);
	let held = 0;
	let count = 0;
	while (count < cols && (held < wanted || count === 0)) {
		held += variances[order[count]];
		count++;
	}
	if (count === cols) {
		return points;
	}
	const kept = order.slice(0, count).sort((a, b) => a - b);
	const leading = new Float32Array(rows * count);
	for (let i = 0; i < rows; i++) {
		check();
		for (let d = 0; d < count; d++) {
			leading[i * count + d] = data[i * cols + kept[d]];
		}
	}
	return { data: leading, rows, cols: count };
}

/** Weighted sum of the squared differences to the mean of each column. Shape (D,). */
export function columnVariances(kernels: Kernels, points: Matrix, weights: Float64Array): Float64Array {
	const { data, rows, cols } = points;
	const means = clusterMeans(kernels, points, weights, new Uint16Array(rows), 1);
	const sums = new Float64Array(cols);
	for (let i = 0; i < rows; i++) {
		kernels.check();
		const row = i * cols;
		const weight = weights[i];
		for (let d = 0; d < cols; d++) {
			const difference = data[row + d] - means[d];
			sums[d] += difference * difference * weight;
		}
	}
	return sums;
}
