import { addProducts } from "./products.ts";

/** Points that are centred at once. */
const BLOCK = 64;

/**
 * Weighted sums of the centred rows: `weights` (K, N) times (x - mean), each element summed over the points in their
 * order. Shape (K, D).
 */
export function combineRows(
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
	weights: Float64Array,
	combinations: number,
): Float64Array {
	const sums = new Float64Array(combinations * dim);
	const out = { data: sums, start: 0, stride: dim };
	for (let start = 0; start < count; start += BLOCK) {
		const centred: Float64Array[] = [];
		for (let i = start; i < Math.min(start + BLOCK, count); i++) {
			centred.push(Float64Array.from(mean, (value, d) => points[i * dim + d] - value));
		}
		addProducts({ data: weights, start, stride: count }, combinations, centred, out);
	}
	return sums;
}
