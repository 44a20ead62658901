import { diagonalise, ROTATED_ROWS } from "./implicit-ql.ts";
import { joinedVectors, joinHalves } from "./join.ts";
import type { EigenPrimitives } from "./primitives.ts";
import type { TridiagonalEigen } from "./tridiagonal-eigen.ts";

/** Size up to which implicit QL is faster than to divide. */
export const LEAF = 32;

/** A tridiagonal matrix as two smaller ones and a correction of rank one. */
export interface Torn {
	/** Diagonals of the two halves, one after the other. Shape (N,). */
	readonly diagonal: Float64Array;
	/** Size of the first half. */
	readonly split: number;
	/** The element off the diagonal that joined the halves. */
	readonly coupling: number;
}

/** Tear a tridiagonal matrix, (N,) and (N,) with N >= 2, into two halves. */
export function tear(diagonal: Float64Array, offDiagonal: Float64Array): Torn {
	const split = diagonal.length >>> 1;
	const coupling = offDiagonal[split - 1];
	const torn = diagonal.slice();
	torn[split - 1] -= Math.abs(coupling);
	torn[split] -= Math.abs(coupling);
	return { diagonal: torn, split, coupling };
}

/**
 * All eigenpairs of a tridiagonal matrix by divide and conquer: the matrix is torn into two halves and a correction of
 * rank one, the halves are solved, and the correction is put back by solving one secular equation a value.
 *
 * Source: Cuppen 1981, doi:10.1007/BF01396757; Gu and Eisenstat 1995, doi:10.1137/S0895479892241287, for
 * orthogonal vectors; LAPACK `dstedc`, `dlaed1` to `dlaed4`.
 *
 * @param offDiagonal element i joins i and i + 1; the last is not read. Shape (N,), as `diagonal`.
 * @param vectors unit eigenvectors, one a row. Written. Shape (N, N).
 * @returns the values, falling. Shape (N,).
 */
export function divideAndConquer(
	primitives: EigenPrimitives,
	diagonal: Float64Array,
	offDiagonal: Float64Array,
	vectors: Float64Array,
): Float64Array {
	const size = diagonal.length;
	if (size <= LEAF) {
		return solveLeaf(diagonal.slice(), offDiagonal.slice(), vectors);
	}
	const { scratch } = primitives;
	return scratch.scope(() => {
		const { diagonal: torn, split, coupling } = tear(diagonal, offDiagonal);
		const solve = (start: number, end: number): TridiagonalEigen => {
			const half = scratch.float64((end - start) * (end - start));
			const part = offDiagonal.subarray(start, end);
			return { values: divideAndConquer(primitives, torn.subarray(start, end), part, half), vectors: half };
		};
		const join = joinHalves(primitives, solve(0, split), solve(split, size), coupling);
		joinedVectors(primitives, join, 0, size, vectors);
		return join.values;
	});
}

/** `diagonal` and `offDiagonal` are used up. */
function solveLeaf(diagonal: Float64Array, offDiagonal: Float64Array, vectors: Float64Array): Float64Array {
	const size = diagonal.length;
	offDiagonal[size - 1] = 0;
	const columns = new Float64Array(Math.ceil(size / ROTATED_ROWS) * ROTATED_ROWS * size);
	for (let i = 0; i < size; i++) {
		columns[i * size + i] = 1;
	}
	diagonalise(diagonal, offDiagonal, size, columns);
	const falling = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a] || a - b);
	for (let i = 0; i < size; i++) {
		for (let j = 0; j < size; j++) {
			vectors[i * size + j] = columns[j * size + falling[i]];
		}
	}
	return Float64Array.from(falling, (at) => diagonal[at]);
}
