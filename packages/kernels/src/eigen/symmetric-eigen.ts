import type { Check, Eigen, VectorChoice } from "../kernels.ts";
import { checkedParts } from "../steps.ts";
import { divideAndConquer, LEAF, tear } from "./divide-and-conquer.ts";
import { makeVectors, solveHalves } from "./jobs.ts";
import { type Join, joinHalves } from "./join.ts";
import type { EigenPrimitives } from "./primitives.ts";

/**
 * Eigenpairs of a symmetric (N, N) matrix, N >= 1: Householder reduction to tridiagonal form, divide and conquer,
 * and back. Only the chosen vectors are made.
 *
 * Convention: values falling; unit vectors, one a row, of unspecified sign. Errors are of the order of the
 * float64 spacing times the largest eigenvalue, so eigenvalues that are zero come out as tiny numbers of either sign.
 * Fewer vectors are the first of all, to the last bit. A matrix with an element that is not finite has values and
 * vectors of NaN.
 */
export function symmetricEigen(
	primitives: EigenPrimitives,
	matrix: Float64Array,
	size: number,
	choose: VectorChoice = () => size,
): Eigen {
	const largest = largestMagnitude(primitives.check, matrix);
	if (!(largest < Number.POSITIVE_INFINITY)) {
		return unknownEigen(size, choose);
	}
	const scale = powerOfTwoScale(largest);
	const tridiagonal = primitives.tridiagonalise(matrix, size, scale);
	const { diagonal, offDiagonal } = tridiagonal;
	if (size <= LEAF) {
		const all = new Float64Array(size * size);
		const values = divideAndConquer(primitives, diagonal, offDiagonal, all).map((value) => value / scale);
		const count = Math.min(choose(values), size);
		const vectors = all.slice(0, count * size);
		primitives.reflect(tridiagonal, size, vectors, count);
		return { values, vectors };
	}
	const join = divide(primitives, diagonal, offDiagonal);
	const values = join.values.map((value) => value / scale);
	const vectors = primitives.scratch.float64(Math.min(choose(values), size) * size);
	const { chunks } = primitives;
	primitives.run(makeVectors, { join, tridiagonal, chunks, vectors }, chunks);
	return { values, vectors };
}

function divide(primitives: EigenPrimitives, diagonal: Float64Array, offDiagonal: Float64Array): Join {
	const size = diagonal.length;
	const torn = tear(diagonal, offDiagonal);
	const { split, coupling } = torn;
	const values = primitives.scratch.float64(size);
	const upper = primitives.scratch.float64(split * split);
	const lower = primitives.scratch.float64((size - split) * (size - split));
	primitives.run(solveHalves, { torn, offDiagonal, values, upper, lower }, 2);
	return joinHalves(
		primitives,
		{ values: values.subarray(0, split), vectors: upper },
		{ values: values.subarray(split), vectors: lower },
		coupling,
	);
}

/** Bound of the scale, itself far from overflow: elements that need more are already too small to have all digits. */
const LARGEST_SCALE = 1e300;

/** The power of two that brings the largest element into [0.5, 1): no square can overflow, and nothing is rounded. */
function powerOfTwoScale(largest: number): number {
	let scale = 1;
	if (largest > 0) {
		for (; largest * scale >= 1; scale *= 0.5) {}
		for (; largest * scale < 0.5 && scale < LARGEST_SCALE; scale *= 2) {}
	}
	return scale;
}

/** NaN if any element is. */
function largestMagnitude(check: Check, matrix: Float64Array): number {
	let largest = 0;
	for (const { from, to } of checkedParts(check, matrix.length)) {
		for (let i = from; i < to; i++) {
			largest = Math.max(largest, Math.abs(matrix[i]));
		}
	}
	return largest;
}

function unknownEigen(size: number, choose: VectorChoice): Eigen {
	const values = new Float64Array(size).fill(Number.NaN);
	const count = Math.min(choose(values), size);
	return { values, vectors: new Float64Array(count * size).fill(Number.NaN) };
}
