import type { Check } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";

/**
 * Some rows of a matrix, one after the other.
 *
 * @param rows  indices of the rows; the first `count` of them.
 * @param check called between rows.
 * @returns shape (count, cols).
 */
export function gatherRows(points: Matrix, rows: Uint32Array, count: number, check: Check): Float32Array {
	const { data, cols } = points;
	const gathered = new Float32Array(count * cols);
	for (let i = 0; i < count; i++) {
		check();
		const from = rows[i] * cols;
		const to = i * cols;
		// Faster than copying views where rows are short.
		for (let d = 0; d < cols; d++) {
			gathered[to + d] = data[from + d];
		}
	}
	return gathered;
}
