/** Sum of the points of each cluster, each times its weight, in the order of the points. Shape (K, D). */
export function clusterSums(
	points: Float32Array,
	count: number,
	dim: number,
	labels: Uint16Array,
	weights: Float64Array,
	clusters: number,
): Float64Array {
	const sums = new Float64Array(clusters * dim);
	for (let i = 0; i < count; i++) {
		const row = i * dim;
		const start = labels[i] * dim;
		const weight = weights[i];
		for (let d = 0; d < dim; d++) {
			sums[start + d] += points[row + d] * weight;
		}
	}
	return sums;
}
