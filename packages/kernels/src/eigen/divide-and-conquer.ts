import { deflate, type SecularProblem } from "./deflation.ts";
import { diagonalise, ROTATED_ROWS } from "./implicit-ql.ts";
import type { EigenPrimitives, Tridiagonal } from "./primitives.ts";
import { secularVectors, solveSecularEquation } from "./secular-equation.ts";

/** Size up to which implicit QL is faster than to divide. */
const LEAF = 32;

/** Eigenpairs of a tridiagonal matrix. */
export interface TridiagonalEigen {
	/** All eigenvalues. Shape (N,). */
	readonly values: Float64Array;
	/** Unit eigenvectors, one a row, those of the first `count` values. Shape (count, N). */
	readonly vectors: Float64Array;
}

/**
 * Eigenpairs of a tridiagonal matrix by divide and conquer: the matrix is torn into two halves and a correction of rank
 * one, the halves are solved, and the correction is put back by solving one secular equation a value.
 *
 * Convention: values falling. Vectors are made for as many of the largest values as `choose` asks for once all values
 * are known.
 *
 * Source: Cuppen 1981, doi:10.1007/BF01396757; Gu and Eisenstat 1995, doi:10.1137/S0895479892241287, for
 * orthogonal vectors; LAPACK `dstedc`, `dlaed1` to `dlaed4`.
 */
export function divideAndConquer(
	primitives: EigenPrimitives,
	tridiagonal: Tridiagonal,
	size: number,
	choose: (values: Float64Array) => number,
): TridiagonalEigen {
	const all = () => Number.POSITIVE_INFINITY;
	const diagonal = tridiagonal.diagonal.slice();
	const { offDiagonal } = tridiagonal;

	function solve(start: number, end: number, chooseHere: (values: Float64Array) => number): TridiagonalEigen {
		if (end - start <= LEAF) {
			return keepVectors(solveLeaf(diagonal.subarray(start, end), offDiagonal.slice(start, end)), chooseHere);
		}
		const middle = (start + end) >>> 1;
		const coupling = offDiagonal[middle - 1];
		diagonal[middle - 1] -= Math.abs(coupling);
		diagonal[middle] -= Math.abs(coupling);
		return merge(primitives, solve(start, middle, all), solve(middle, end, all), coupling, chooseHere);
	}

	return solve(0, size, choose);
}

function solveLeaf(diagonal: Float64Array, offDiagonal: Float64Array): TridiagonalEigen {
	const size = diagonal.length;
	offDiagonal[size - 1] = 0;
	const columns = new Float64Array(Math.ceil(size / ROTATED_ROWS) * ROTATED_ROWS * size);
	for (let i = 0; i < size; i++) {
		columns[i * size + i] = 1;
	}
	diagonalise(diagonal, offDiagonal, size, columns);
	const order = fallingOrder(new Float64Array(0), diagonal);
	const vectors = new Float64Array(size * size);
	for (let i = 0; i < size; i++) {
		for (let j = 0; j < size; j++) {
			vectors[i * size + j] = columns[j * size + order[i]];
		}
	}
	return { values: Float64Array.from(order, (at) => diagonal[at]), vectors };
}

/** Put two halves together again, `coupling` being the element off the diagonal that joined them. */
function merge(
	primitives: EigenPrimitives,
	upper: TridiagonalEigen,
	lower: TridiagonalEigen,
	coupling: number,
	choose: (values: Float64Array) => number,
): TridiagonalEigen {
	const problem = deflate(upper, lower, coupling);
	const { deflatedValues, deflatedVectors, size } = problem;
	const roots = solveSecularEquation(primitives, problem);
	const rootCount = roots.values.length;

	const order = fallingOrder(roots.values, deflatedValues);
	const values = Float64Array.from(order, (at) => (at < rootCount ? roots.values[at] : deflatedValues[at - rootCount]));
	const count = Math.min(choose(values), size);

	const vectors = new Float64Array(count * size);
	multiplyBasis(primitives, problem, secularVectors(problem, roots, order.slice(0, count)), vectors, count);
	for (let i = 0; i < count; i++) {
		const deflated = order[i] - rootCount;
		if (deflated >= 0) {
			vectors.set(deflatedVectors.subarray(deflated * size, (deflated + 1) * size), i * size);
		}
	}
	return { values, vectors };
}

/** Coordinates (count, K) in the basis of the two halves become vectors (count, N); the zeros of the basis are left out. */
function multiplyBasis(
	{ multiply }: EigenPrimitives,
	{ upperBasis, lowerBasis, split, size, poles }: SecularProblem,
	coordinates: Float64Array,
	vectors: Float64Array,
	count: number,
): void {
	const stride = poles.length;
	const leading = { data: coordinates, start: 0, stride };
	const trailing = { data: coordinates, start: stride - lowerBasis.length, stride };
	multiply(leading, count, upperBasis, { data: vectors, start: 0, stride: size });
	multiply(trailing, count, lowerBasis, { data: vectors, start: split, stride: size });
}

function keepVectors(solution: TridiagonalEigen, choose: (values: Float64Array) => number): TridiagonalEigen {
	const { values, vectors } = solution;
	return { values, vectors: vectors.slice(0, Math.min(choose(values), values.length) * values.length) };
}

/** Merge rising `roots` and `others` in any order: indices from the largest to the smallest, those of others after all roots. */
function fallingOrder(roots: Float64Array, others: Float64Array): number[] {
	const sorted = Array.from(others.keys()).sort((a, b) => others[b] - others[a] || a - b);
	const order: number[] = [];
	let root = roots.length - 1;
	for (const other of sorted) {
		for (; root >= 0 && roots[root] >= others[other]; root--) {
			order.push(root);
		}
		order.push(roots.length + other);
	}
	for (; root >= 0; root--) {
		order.push(root);
	}
	return order;
}
