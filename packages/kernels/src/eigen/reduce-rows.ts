import type { Check } from "../kernels.ts";
import type { Tridiagonal } from "./primitives.ts";

/**
 * Squared length, of a matrix whose largest element is about 1, up to which what lies beside the diagonal in a row is
 * rounding dust and taken as 0. Smaller numbers must not go on: squares of some would underflow.
 */
const NEGLIGIBLE = 1e-60;

/** Where the reduction works: the matrix and the vectors of one step, each of the length that the step says. */
export interface ReductionMemory {
	/** Lower triangle of the matrix; row i becomes reflector i. Shape (N, N). */
	readonly matrix: Float64Array;
	/** The vector of this reflection. Shape (N,), as the next. */
	readonly vector: Float64Array;
	/** The matrix times `vector`. */
	readonly product: Float64Array;
	/** The last reflection waits to be subtracted: left right^T + right left^T. */
	readonly left: Float64Array;
	readonly right: Float64Array;
}

/**
 * Subtract left right^T + right left^T from the leading block (block, block) of the lower triangle and set `product` to
 * that block times `vector`, in one pass over memory.
 *
 * Convention: rows one after the other, and of each row r the elements j <= r. `product[r]` is first the inner product
 * of row r: the even j < r - r % 2 and the odd ones are summed apart, the two sums added, then the rest in order. To
 * `product[j]`, j < r, row r adds its element times `vector[r]`.
 */
type UpdateAndMultiply = (block: number) => void;

/**
 * Reduce a symmetric matrix to tridiagonal form by Householder reflections.
 *
 * Convention: rows are reduced from the last to the second, as EISPACK does, so what is left to be reduced is always
 * the leading block. The update of that block by one reflection and its product with the vector of the next are one
 * pass: the pass is bound by memory.
 *
 * Source: Martin, Reinsch, Wilkinson, Numer. Math. 11, 181-195 (1968); EISPACK `tred2`.
 *
 * @returns `reflectors` is `memory.matrix`.
 */
export function reduceRows(
	check: Check,
	memory: ReductionMemory,
	size: number,
	updateAndMultiply: UpdateAndMultiply,
): Omit<Tridiagonal, "reflectors"> {
	const { matrix, vector, left, right } = memory;
	const diagonal = new Float64Array(size);
	const offDiagonal = new Float64Array(size);
	const halfSquares = new Float64Array(size);
	left.fill(0);
	right.fill(0);
	let waiting = false;
	for (let i = size - 1; i > 0; i--) {
		check();
		const row = matrix.subarray(i * size, (i + 1) * size);
		updateRow(row, i, left, right);
		diagonal[i] = row[i];
		const last = row[i - 1];
		offDiagonal[i - 1] = last * last > NEGLIGIBLE ? last : 0;
		const square = squareSum(row, i - 1);
		const reflects = square > NEGLIGIBLE;
		if (reflects) {
			const norm = Math.sqrt(square + last * last);
			offDiagonal[i - 1] = last > 0 ? -norm : norm;
			row[i - 1] = last - offDiagonal[i - 1];
			halfSquares[i] = norm * (norm + Math.abs(last));
		}
		if (reflects) {
			vector.set(row.subarray(0, i));
		} else {
			vector.fill(0, 0, i);
		}
		if (reflects || waiting) {
			updateAndMultiply(i);
		}
		waiting = reflects;
		prepareUpdate(memory, i, reflects ? halfSquares[i] : 0);
	}
	diagonal[0] = matrix[0] - (left[0] * right[0] + right[0] * left[0]);
	return { diagonal, offDiagonal, halfSquares };
}

function updateRow(row: Float64Array, i: number, left: Float64Array, right: Float64Array): void {
	const leftHere = left[i];
	const rightHere = right[i];
	for (let j = 0; j <= i; j++) {
		row[j] -= leftHere * right[j] + rightHere * left[j];
	}
}

function squareSum(values: Float64Array, count: number): number {
	let sum = 0;
	for (let j = 0; j < count; j++) {
		sum += values[j] * values[j];
	}
	return sum;
}

/** Set `left` and `right` to what the reflection of this step subtracts, or to 0 where there is none. */
function prepareUpdate({ vector, product, left, right }: ReductionMemory, length: number, halfSquare: number): void {
	if (halfSquare === 0) {
		left.fill(0, 0, length);
		right.fill(0, 0, length);
		return;
	}
	let dot = 0;
	for (let j = 0; j < length; j++) {
		right[j] = product[j] / halfSquare;
		dot += right[j] * vector[j];
	}
	const share = dot / (halfSquare + halfSquare);
	left.set(vector.subarray(0, length));
	for (let j = 0; j < length; j++) {
		right[j] -= share * vector[j];
	}
}
