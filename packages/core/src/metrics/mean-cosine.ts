import { checkLength } from "../errors/index.ts";

/**
 * The mean over the rows of two matrices of the cosine of the angle between the rows: 1 if all point the same way.
 *
 * @param a   Float32Array, shape (rows, dim). Not modified.
 * @param b   Float32Array, shape (rows, dim). Not modified.
 * @returns NaN if a row is zero or there is none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function meanCosine(a: Float32Array, b: Float32Array, dim: number): number {
	const rows = Math.floor(a.length / dim);
	checkLength("meanCosine", "a (rows, dim)", a, rows, dim);
	checkLength("meanCosine", "b (rows, dim)", b, rows, dim);
	let total = 0;
	for (let start = 0; start < a.length; start += dim) {
		let product = 0;
		let squaresA = 0;
		let squaresB = 0;
		for (let i = start; i < start + dim; i++) {
			product += a[i] * b[i];
			squaresA += a[i] * a[i];
			squaresB += b[i] * b[i];
		}
		total += product / (Math.sqrt(squaresA) * Math.sqrt(squaresB));
	}
	return total / rows;
}
