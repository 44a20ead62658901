import type { Eigen } from "../kernels.ts";
import { tridiagonalise } from "./householder.ts";
import { diagonalise, ROTATED_ROWS } from "./implicit-ql.ts";

/**
 * All eigenpairs of a symmetric (N, N) matrix, N >= 1: Householder reduction, then implicit QL.
 *
 * Convention: values falling, equal ones in the order in which they were found; unit vectors, one a row, of
 * unspecified sign. Errors are of the order of the float64 spacing times the largest eigenvalue, so eigenvalues
 * that are zero come out as tiny numbers of either sign.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
	const work = new Float64Array(Math.ceil(size / ROTATED_ROWS) * ROTATED_ROWS * size);
	const scale = powerOfTwoScale(matrix);
	for (let i = 0; i < matrix.length; i++) {
		work[i] = matrix[i] * scale;
	}
	const tridiagonal = tridiagonalise(work, size);
	diagonalise(tridiagonal, size, work);

	const found = tridiagonal.diagonal;
	const order = Array.from(found.keys()).sort((a, b) => found[b] - found[a] || a - b);
	const values = new Float64Array(size);
	const vectors = new Float64Array(size * size);
	for (let i = 0; i < size; i++) {
		values[i] = found[order[i]] / scale;
		for (let j = 0; j < size; j++) {
			vectors[i * size + j] = work[j * size + order[i]];
		}
	}
	return { values, vectors };
}

/** Bound of the scale, itself far from overflow: elements that need more are already too small to have all digits. */
const LARGEST_SCALE = 1e300;

/** The power of two that brings the largest element into [0.5, 1): no square can overflow, and nothing is rounded. */
function powerOfTwoScale(matrix: Float64Array): number {
	let largest = 0;
	for (let i = 0; i < matrix.length; i++) {
		largest = Math.max(largest, Math.abs(matrix[i]));
	}
	let scale = 1;
	if (largest > 0 && largest < Number.POSITIVE_INFINITY) {
		for (; largest * scale >= 1; scale *= 0.5) {}
		for (; largest * scale < 0.5 && scale < LARGEST_SCALE; scale *= 2) {}
	}
	return scale;
}
