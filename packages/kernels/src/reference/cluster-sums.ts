import type { Check } from "../kernels.ts";
/** Values of points between two checks: about a millisecond of work. */
export const STEP_VALUES = 2 ** 20;

/** Sum of the points of each cluster, each times its weight, in the order of the points. Shape (K, D). */
export function clusterSums(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	labels: Uint16Array,
	weights: Float64Array,
	clusters: number,
): Float64Array {
	const sums = new Float64Array(clusters * dim);
	const step = Math.ceil(STEP_VALUES / dim);
	for (let i = 0; i < count; i++) {
		if (i % step === 0) {
			check();
		}
		const row = i * dim;
		const start = labels[i] * dim;
		const weight = weights[i];
		for (let d = 0; d < dim; d++) {
			sums[start + d] += points[row + d] * weight;
		}
	}
	return sums;
}
