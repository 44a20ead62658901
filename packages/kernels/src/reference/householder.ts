import type { Tridiagonal } from "../eigen/primitives.ts";
import { type ReductionMemory, reduceRows } from "../eigen/reduce-rows.ts";
import type { Check } from "../kernels.ts";

/** `EigenPrimitives.tridiagonalise` in plain TypeScript. */
export function tridiagonalise(check: Check, matrix: Float64Array, size: number, scale: number): Tridiagonal {
	const memory: ReductionMemory = {
		matrix: matrix.map((value) => value * scale),
		vector: new Float64Array(size),
		product: new Float64Array(size),
		left: new Float64Array(size),
		right: new Float64Array(size),
	};
	const reduced = reduceRows(check, memory, size, (block) => {
		for (let row = 0; row < block; row++) {
			passRow(memory, size, row);
		}
	});
	return { ...reduced, reflectors: memory.matrix };
}

/** One row of the pass that `UpdateAndMultiply` describes. */
function passRow({ matrix, vector, product, left, right }: ReductionMemory, size: number, row: number): void {
	const start = row * size;
	const leftHere = left[row];
	const rightHere = right[row];
	const vectorHere = vector[row];
	const paired = row - (row % 2);
	let even = 0;
	let odd = 0;
	for (let j = 0; j < paired; j += 2) {
		const first = matrix[start + j] - (leftHere * right[j] + rightHere * left[j]);
		const second = matrix[start + j + 1] - (leftHere * right[j + 1] + rightHere * left[j + 1]);
		matrix[start + j] = first;
		matrix[start + j + 1] = second;
		even += first * vector[j];
		odd += second * vector[j + 1];
		product[j] += first * vectorHere;
		product[j + 1] += second * vectorHere;
	}
	let sum = even + odd;
	for (let j = paired; j <= row; j++) {
		const element = matrix[start + j] - (leftHere * right[j] + rightHere * left[j]);
		matrix[start + j] = element;
		sum += element * vector[j];
		if (j < row) {
			product[j] += element * vectorHere;
		}
	}
	product[row] = sum;
}
