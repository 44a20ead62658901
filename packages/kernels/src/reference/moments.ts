import type { Check } from "../kernels.ts";
import { STEP_VALUES } from "./cluster-sums.ts";
import { addInnerProducts } from "./inner-products.ts";

/** Length of the sums that are worked on at once: a tile of six rows then stays in the first-level cache. */
const BLOCK = 256;

/** Mean of each column of (N, D), summed over the points in their order. N >= 1. Shape (D,). */
export function columnMeans(check: Check, points: Float32Array, count: number, dim: number): Float64Array {
	const mean = new Float64Array(dim);
	const step = Math.ceil(STEP_VALUES / dim);
	for (let i = 0; i < count; i++) {
		if (i % step === 0) {
			check();
		}
		const row = i * dim;
		for (let d = 0; d < dim; d++) {
			mean[d] += points[row + d];
		}
	}
	for (let d = 0; d < dim; d++) {
		mean[d] /= count;
	}
	return mean;
}

/** Sum over rows of (x - mean)(x - mean)^T, each element summed over the points in their order. Shape (D, D). */
export function scatterMatrix(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
): Float64Array {
	const scatter = new Float64Array(dim * dim);
	for (let start = 0; start < count; start += BLOCK) {
		check();
		const length = Math.min(BLOCK, count - start);
		const columns = new Float64Array(dim * length);
		for (let i = 0; i < length; i++) {
			const row = (start + i) * dim;
			for (let d = 0; d < dim; d++) {
				columns[d * length + i] = points[row + d] - mean[d];
			}
		}
		addInnerProducts(check, columns, dim, columns, dim, length, scatter, true);
	}
	mirrorLower(check, scatter, dim);
	return scatter;
}

/** Inner products of the centred rows, each summed over the dimensions in their order. Shape (N, N). */
export function gramMatrix(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
): Float64Array {
	const gram = new Float64Array(count * count);
	for (let start = 0; start < dim; start += BLOCK) {
		check();
		const length = Math.min(BLOCK, dim - start);
		const rows = new Float64Array(count * length);
		for (let i = 0; i < count; i++) {
			const row = i * dim + start;
			for (let d = 0; d < length; d++) {
				rows[i * length + d] = points[row + d] - mean[start + d];
			}
		}
		addInnerProducts(check, rows, count, rows, count, length, gram, true);
	}
	mirrorLower(check, gram, count);
	return gram;
}

/** Side of the squares that are copied at once: both of a pair then stay in the first-level cache. */
const SQUARE = 32;

/** Copy what lies below the diagonal of a square matrix to above it. */
export function mirrorLower(check: Check, matrix: Float64Array, size: number): void {
	for (let top = 0; top < size; top += SQUARE) {
		check();
		const bottom = Math.min(top + SQUARE, size);
		for (let left = 0; left <= top; left += SQUARE) {
			for (let i = top; i < bottom; i++) {
				const right = Math.min(left + SQUARE, i);
				for (let j = left; j < right; j++) {
					matrix[j * size + i] = matrix[i * size + j];
				}
			}
		}
	}
}
