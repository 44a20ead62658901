import type { Check } from "../kernels.ts";
import { addProducts } from "./products.ts";

/** Points that are centred at once. */
const BLOCK = 64;

/**
 * Weighted sums of the centred rows: `weights` (K, N) times (x - mean), each element summed over the points in their
 * order. Shape (K, D).
 */
export function combineRows(
	check: Check,
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
		check();
		const length = Math.min(BLOCK, count - start);
		const centred = new Float64Array(length * dim);
		for (let i = 0; i < centred.length; i++) {
			centred[i] = points[start * dim + i] - mean[i % dim];
		}
		addProducts(check, { data: weights, start, stride: count }, combinations, centred, dim, out);
	}
	return sums;
}
