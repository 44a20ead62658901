import type { Check } from "../kernels.ts";
import { addInnerProducts } from "./inner-products.ts";

/** Points that are centred and projected at once. */
const PROJECT_BLOCK = 64;

/**
 * (x - mean) times the transposed `components` (K, D), each element summed over the dimensions in their order in
 * float64 and rounded once. Shape (N, K).
 */
export function project(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
	components: Float64Array,
	componentCount: number,
): Float32Array {
	const projected = new Float32Array(count * componentCount);
	const centred = new Float64Array(Math.min(PROJECT_BLOCK, count) * dim);
	for (let start = 0; start < count; start += PROJECT_BLOCK) {
		check();
		const rows = Math.min(PROJECT_BLOCK, count - start);
		for (let i = 0; i < rows; i++) {
			const row = (start + i) * dim;
			for (let d = 0; d < dim; d++) {
				centred[i * dim + d] = points[row + d] - mean[d];
			}
		}
		const scores = new Float64Array(rows * componentCount);
		addInnerProducts(check, centred, rows, components, componentCount, dim, scores, false);
		projected.set(scores, start * componentCount);
	}
	return projected;
}
