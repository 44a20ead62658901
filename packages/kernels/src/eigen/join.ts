import { deflate, type SecularProblem } from "./deflation.ts";
import type { EigenPrimitives } from "./primitives.ts";
import { type SecularRoots, secularVectors, solveSecularEquation } from "./secular-equation.ts";
import type { TridiagonalEigen } from "./tridiagonal-eigen.ts";

/** Two solved halves of a tridiagonal matrix put together again. The vectors are still to be made. */
export interface Join {
	/** All eigenvalues, falling. Shape (N,). */
	readonly values: Float64Array;
	/** Where each comes from: root i of the secular equation, or, after the roots, a deflated pair. Shape (N,). */
	readonly sources: Uint32Array;
	readonly problem: SecularProblem;
	readonly roots: SecularRoots;
}

/** @param coupling the element off the diagonal between the halves. Their vectors are used up. */
export function joinHalves(
	primitives: EigenPrimitives,
	upper: TridiagonalEigen,
	lower: TridiagonalEigen,
	coupling: number,
): Join {
	const problem = deflate(primitives.check, primitives.scratch, upper, lower, coupling);
	const roots = solveSecularEquation(primitives, problem);
	const { deflatedValues } = problem;
	const sources = fallingOrder(roots.values, deflatedValues);
	const values = new Float64Array(sources.length);
	for (let i = 0; i < values.length; i++) {
		const deflated = sources[i] - roots.values.length;
		values[i] = deflated < 0 ? roots.values[sources[i]] : deflatedValues[deflated];
	}
	return { values, sources, problem, roots };
}

/**
 * Unit eigenvectors of the values from `first` to before `end`, one a row.
 *
 * @param vectors written. Shape (end - first, N).
 */
export function joinedVectors(
	primitives: EigenPrimitives,
	{ sources, problem, roots }: Join,
	first: number,
	end: number,
	vectors: Float64Array,
): void {
	const { size, deflatedVectors, poles } = problem;
	const wanted = sources.subarray(first, end);
	primitives.scratch.scope(() => {
		const coordinates = primitives.scratch.float64(wanted.length * poles.length);
		secularVectors(primitives.check, problem, roots, wanted, coordinates);
		multiplyBasis(primitives, problem, coordinates, vectors, wanted.length);
	});
	for (let i = 0; i < wanted.length; i++) {
		const deflated = wanted[i] - roots.values.length;
		if (deflated >= 0) {
			vectors.set(deflatedVectors.subarray(deflated * size, (deflated + 1) * size), i * size);
		}
	}
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
	const last = lowerBasis.length / (size - split);
	const leading = { data: coordinates, start: 0, stride };
	const trailing = { data: coordinates, start: stride - last, stride };
	multiply(leading, count, upperBasis, split, { data: vectors, start: 0, stride: size });
	multiply(trailing, count, lowerBasis, size - split, { data: vectors, start: split, stride: size });
}

/** Merge rising `roots` and `others` in any order: indices from the largest to the smallest, those of others after all roots. */
function fallingOrder(roots: Float64Array, others: Float64Array): Uint32Array {
	const sorted = Array.from(others.keys()).sort((a, b) => others[b] - others[a] || a - b);
	const order = new Uint32Array(roots.length + others.length);
	let place = 0;
	let root = roots.length - 1;
	for (const other of sorted) {
		for (; root >= 0 && roots[root] >= others[other]; root--) {
			order[place++] = root;
		}
		order[place++] = roots.length + other;
	}
	for (; root >= 0; root--) {
		order[place++] = root;
	}
	return order;
}
