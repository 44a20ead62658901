import type { TokenGrid } from "./token-grid.ts";

/**
 * The grid with every token replaced by the mean of all.
 *
 * For a picture of one colour: all that its tokens differ in is their position, and position alone is no segment.
 */
export function flattenTokens(grid: TokenGrid): TokenGrid {
	const { data, rows, cols, dim } = grid;
	const count = rows * cols;
	const sums = new Float64Array(dim);
	for (let token = 0; token < count; token++) {
		for (let i = 0; i < dim; i++) {
			sums[i] += data[token * dim + i];
		}
	}
	const flat = new Float32Array(data.length);
	for (let token = 0; token < count; token++) {
		for (let i = 0; i < dim; i++) {
			flat[token * dim + i] = sums[i] / count;
		}
	}
	return { ...grid, data: flat };
}
