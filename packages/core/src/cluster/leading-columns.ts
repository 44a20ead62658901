import type { Matrix } from "../tensor/index.ts";

/**
 * The columns of largest variance, as few as hold a share of the whole variance; the columns keep their order.
 *
 * The clusters of data whose columns are principal components lie in the first few of them. The others hold mostly
 * noise: they add nearly the same to all distances of a point.
 *
 * Source: Ding and He 2004, "K-means clustering via principal component analysis", ICML, doi:10.1145/1015330.1015408.
 *
 * @param points shape (N, D). Not modified.
 * @param weights how much each point counts. Shape (N,).
 * @param share 0 to 1.
 * @returns shape (N, M); `points` itself when all columns are needed.
 */
export function leadingColumns(points: Matrix, weights: Float64Array, share: number): Matrix {
	const { data, rows, cols } = points;
	const variances = columnVariances(points, weights);
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
		for (let d = 0; d < count; d++) {
			leading[i * count + d] = data[i * cols + kept[d]];
		}
	}
	return { data: leading, rows, cols: count };
}

/** Weighted sum of the squared differences to the mean of each column. Shape (D,). */
export function columnVariances(points: Matrix, weights: Float64Array): Float64Array {
	const { data, rows, cols } = points;
	const means = new Float64Array(cols);
	let total = 0;
	for (let i = 0; i < rows; i++) {
		const weight = weights[i];
		total += weight;
		for (let d = 0; d < cols; d++) {
			means[d] += data[i * cols + d] * weight;
		}
	}
	for (let d = 0; d < cols; d++) {
		means[d] /= total;
	}
	const sums = new Float64Array(cols);
	for (let i = 0; i < rows; i++) {
		const weight = weights[i];
		for (let d = 0; d < cols; d++) {
			const difference = data[i * cols + d] - means[d];
			sums[d] += difference * difference * weight;
		}
	}
	return sums;
}
