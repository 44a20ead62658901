import type { Tridiagonal } from "./primitives.ts";

/** Reflections that are applied together. */
const BLOCK = 32;

/** Places of a row are used in groups of this many, so that builds that work on groups do the same sums. */
const GROUP = 4;

/** The product of several reflections as I - V S V^T. */
export interface ReflectionBlock {
	readonly count: number;
	/** Places that the reflections touch: the leading ones. */
	readonly length: number;
	/** V: the vectors, one a row, followed by zeros. Shape (count, length). */
	readonly vectors: Float64Array;
	/** Half the squared lengths of the vectors, 0 where there is no reflection. Shape (count,). */
	readonly halfSquares: Float64Array;
}

/** The reflections of a reduction, from the first that is to be applied to the last. */
export function* reflectionBlocks({ reflectors, halfSquares }: Tridiagonal, size: number): Generator<ReflectionBlock> {
	for (let first = 1; first < size; first += BLOCK) {
		const end = Math.min(first + BLOCK, size);
		const length = Math.min(size, Math.ceil((end - 1) / GROUP) * GROUP);
		const vectors = new Float64Array((end - first) * length);
		for (let i = first; i < end; i++) {
			if (halfSquares[i] > 0) {
				vectors.set(reflectors.subarray(i * size, i * size + i), (i - first) * length);
			}
		}
		yield { count: end - first, length, vectors, halfSquares: halfSquares.subarray(first, end) };
	}
}

/**
 * -S^T of a block, from the inner products of its vectors: rows z become z + (z V^T)(-S^T) V. Shape (count, count).
 *
 * Source: Schreiber and Van Loan 1989, "A storage-efficient WY representation for products of Householder
 * transformations", doi:10.1137/0910005.
 *
 * @param products inner products of the vectors, of which the lower triangle is read. Shape (count, count).
 */
export function blockFactor({ count, halfSquares }: ReflectionBlock, products: Float64Array): Float64Array {
	const factor = new Float64Array(count * count);
	for (let i = 0; i < count; i++) {
		if (!(halfSquares[i] > 0)) {
			continue;
		}
		// Row i of S: -(v_i . v_j) / h_i times the rows before it; its own element is 1 / h_i.
		for (let column = 0; column < i; column++) {
			let sum = 0;
			for (let j = column; j < i; j++) {
				sum += products[i * count + j] * factor[column * count + j];
			}
			factor[column * count + i] = -sum / halfSquares[i];
		}
		factor[i * count + i] = -1 / halfSquares[i];
	}
	return factor;
}
