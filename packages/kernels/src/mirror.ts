import type { Check } from "./kernels.ts";

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
