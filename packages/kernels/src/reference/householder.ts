import { addScaledRows, subtractOuterProduct, subtractSymmetricProduct } from "./rows.ts";

/** A symmetric matrix A = Q T Q^T with T tridiagonal. */
export interface Tridiagonal {
	/** Diagonal of T. Shape (N,). */
	readonly diagonal: Float64Array;
	/** `offDiagonal[i]` joins i and i + 1; the last is 0. Shape (N,). */
	readonly offDiagonal: Float64Array;
}

/** Squared length, of a matrix whose largest element is about 1, below which a row is rounding dust and taken as 0. */
const NEGLIGIBLE = 1e-60;

/**
 * Reduce a symmetric matrix to tridiagonal form by Householder reflections; `matrix` (N, N) becomes Q.
 *
 * Convention: rows are reduced from the last to the second, as EISPACK does, so the part still to be reduced is always
 * the leading block. That block is kept whole, not only one triangle: its columns are then rows and every loop
 * runs along memory. The largest element should be about 1.
 *
 * Source: Martin, Reinsch, Wilkinson, Numer. Math. 11, 181-195 (1968); EISPACK `tred2`.
 */
export function tridiagonalise(matrix: Float64Array, size: number): Tridiagonal {
	const diagonal = new Float64Array(size);
	const offDiagonal = new Float64Array(size);
	const halfSquares = new Float64Array(size);
	const product = new Float64Array(size);
	for (let i = size - 1; i > 0; i--) {
		const row = matrix.subarray(i * size, i * size + i);
		diagonal[i] = matrix[i * size + i];
		const last = row[i - 1];
		let square = 0;
		for (let j = 0; j < i - 1; j++) {
			square += row[j] * row[j];
		}
		if (!(square > NEGLIGIBLE)) {
			offDiagonal[i - 1] = last;
			continue;
		}
		const norm = Math.sqrt(square + last * last);
		const target = last > 0 ? -norm : norm;
		offDiagonal[i - 1] = target;
		row[i - 1] = last - target;
		halfSquares[i] = norm * (norm + Math.abs(last));
		reflectBothSides(matrix, size, i, row, halfSquares[i], product);
	}
	diagonal[0] = matrix[0];
	accumulateReflections(matrix, size, halfSquares, product);
	return { diagonal, offDiagonal };
}

/** Replace the leading block B (n, n) by H B H with H = I - v v^T / halfSquare. */
function reflectBothSides(
	matrix: Float64Array,
	stride: number,
	n: number,
	v: Float64Array,
	halfSquare: number,
	product: Float64Array,
): void {
	product.fill(0, 0, n);
	addScaledRows(matrix, stride, v, n, n, product);
	let dot = 0;
	for (let j = 0; j < n; j++) {
		product[j] /= halfSquare;
		dot += product[j] * v[j];
	}
	const share = dot / (halfSquare + halfSquare);
	for (let j = 0; j < n; j++) {
		product[j] -= share * v[j];
	}
	subtractSymmetricProduct(matrix, stride, v, product, n);
}

/** Multiply the reflections that lie in the rows of `matrix` together, in place. */
function accumulateReflections(
	matrix: Float64Array,
	size: number,
	halfSquares: Float64Array,
	product: Float64Array,
): void {
	const v = new Float64Array(size);
	for (let i = 0; i < size; i++) {
		if (halfSquares[i] > 0) {
			v.set(matrix.subarray(i * size, i * size + i));
			product.fill(0, 0, i);
			addScaledRows(matrix, size, v, i, i, product);
			for (let j = 0; j < i; j++) {
				v[j] /= halfSquares[i];
			}
			subtractOuterProduct(matrix, size, v, i, product, i);
		}
		for (let j = 0; j < i; j++) {
			matrix[i * size + j] = 0;
			matrix[j * size + i] = 0;
		}
		matrix[i * size + i] = 1;
	}
}
