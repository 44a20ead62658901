import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";
import { HARD_MATRICES, randomMatrix } from "../../../fixtures/symmetric-matrices.ts";
import type { Eigen } from "./kernels.ts";

/** Errors are measured in units of size * 2^-52 times the largest eigenvalue. */
const EPSILON = 2 ** -52;

/** Allowed error of A v - lambda v and of the inner products of vectors; 1.4 is the most that was seen. */
const MOST_ERROR = 4;

/** Allowed error of values and of their sum: summing alone is off by more than the solver. */
const MOST_VALUE_ERROR = 16;

/** Around the multiples of the size from which on matrices are divided. */
const SIZES = isFull ? [1, 2, 31, 32, 33, 34, 64, 65, 127, 129] : [1, 2, 31, 33, 34, 64, 65, 129];

/** All sizes, or small ones and those around the same multiples. */
const RANDOM_SIZES = Array.from({ length: 140 }, (_, index) => index + 1).filter(
	(size) => isFull || size <= 20 || (size + 1) % 32 <= 2,
);

/** The bytes themselves: 0 and -0, and kinds of NaN, are told apart. */
function bytesOf(numbers: Float64Array): Uint8Array {
	return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The solution by the reference; every other build must give the same bytes. */
function solve(matrix: Float64Array, size: number, choose?: (values: Float64Array) => number): Eigen {
	const [first, ...others] = backends.map((kernels) => kernels.symmetricEigen(matrix, size, choose));
	for (const other of others) {
		expect(Buffer.compare(bytesOf(other.values), bytesOf(first.values))).toBe(0);
		expect(Buffer.compare(bytesOf(other.vectors), bytesOf(first.vectors))).toBe(0);
	}
	return first;
}

function dot(a: Float64Array, b: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) {
		sum += a[i] * b[i];
	}
	return sum;
}

/** `matrix` must be of a scale at which its products neither overflow nor underflow. */
function checkEigen(matrix: Float64Array, size: number, { values, vectors }: Eigen): void {
	expect(values).toHaveLength(size);
	expect(vectors).toHaveLength(size * size);
	const rowsOf = (array: Float64Array) =>
		Array.from({ length: size }, (_, i) => array.subarray(i * size, (i + 1) * size));
	const rows = rowsOf(matrix);
	const directions = rowsOf(vectors);
	const unit = size * EPSILON;
	const norm = Math.max(Math.abs(values[0]), Math.abs(values[size - 1]));
	let residual = 0;
	let skew = 0;
	for (let a = 0; a < size; a++) {
		const error = Float64Array.from(rows, (row, i) => dot(row, directions[a]) - values[a] * directions[a][i]);
		residual = Math.max(residual, Math.sqrt(dot(error, error)));
		for (let b = 0; b <= a; b++) {
			skew = Math.max(skew, Math.abs(dot(directions[a], directions[b]) - (a === b ? 1 : 0)));
		}
	}
	expect(residual).toBeLessThanOrEqual(MOST_ERROR * unit * norm);
	expect(skew).toBeLessThanOrEqual(MOST_ERROR * unit);
	expect(values.every((value, i) => i === 0 || value <= values[i - 1])).toBe(true);
	const trace = rows.reduce((sum, row, i) => sum + row[i], 0);
	const sum = values.reduce((total, value) => total + value, 0);
	expect(Math.abs(sum - trace)).toBeLessThanOrEqual(MOST_VALUE_ERROR * unit * norm);
}

describe("accuracy of symmetricEigen", () => {
	it("holds for sizes up to 140", () => {
		for (const size of RANDOM_SIZES) {
			const matrix = randomMatrix(size);
			checkEigen(matrix, size, solve(matrix, size));
		}
	});

	it.each(Object.entries(HARD_MATRICES))(
		"holds for matrices of the kind: %s",
		(_name, kind) => {
			for (const size of SIZES) {
				const matrix = kind(size);
				checkEigen(matrix, size, solve(matrix, size));
			}
		},
		20_000,
	);

	it.each(Object.entries(HARD_MATRICES))("finds the values that ml-matrix finds: %s", (_name, kind) => {
		for (const size of [34, 66]) {
			const matrix = kind(size);
			const { values } = solve(matrix, size, () => 0);
			const oracle = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
			const expected = oracle.realEigenvalues.sort((a, b) => b - a);
			const norm = Math.max(Math.abs(values[0]), Math.abs(values[size - 1]));
			for (let i = 0; i < size; i++) {
				expect(Math.abs(values[i] - expected[i])).toBeLessThanOrEqual(MOST_VALUE_ERROR * size * EPSILON * norm);
			}
		}
	});

	it.each(isFull ? [500, -500, 900, -900] : [900, -900])(
		"gives the same digits at 2^%d times the size of the numbers",
		(exponent) => {
			// Numbers over 300 decades cannot be made smaller without losing some.
			for (const [name, kind] of Object.entries(HARD_MATRICES).filter(([key]) => !key.includes("300 decades"))) {
				const matrix = kind(65);
				const plain = solve(matrix, 65);
				const scaled = solve(
					matrix.map((value) => value * 2 ** exponent),
					65,
				);
				const values = scaled.values.map((value) => value * 2 ** -exponent);
				expect(Buffer.compare(bytesOf(values), bytesOf(plain.values)), name).toBe(0);
				expect(Buffer.compare(bytesOf(scaled.vectors), bytesOf(plain.vectors)), name).toBe(0);
			}
		},
	);

	it.each(Object.entries(HARD_MATRICES))("makes fewer vectors with the same bytes: %s", (_name, kind) => {
		for (const size of [1, 33, 66]) {
			const matrix = kind(size);
			const all = solve(matrix, size);
			for (const count of [0, 1, 2, size >> 1, size - 1, size].filter((value) => value <= size)) {
				let seen: Float64Array | undefined;
				const some = solve(matrix, size, (values) => {
					seen = values.slice();
					return count;
				});
				expect(seen).toEqual(all.values);
				expect(some.values).toEqual(all.values);
				expect(Buffer.compare(bytesOf(some.vectors), bytesOf(all.vectors.slice(0, count * size)))).toBe(0);
			}
		}
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
		"ends with NaN for an element of %d",
		(bad) => {
			for (const size of [1, 2, 3, 33, 64, 129]) {
				for (const [i, j] of [
					[0, 0],
					[size - 1, 0],
					[size - 1, size - 1],
					[size >> 1, size >> 2],
				]) {
					const matrix = randomMatrix(size);
					matrix[i * size + j] = bad;
					matrix[j * size + i] = bad;
					const { values, vectors } = solve(matrix, size, () => 1);
					expect(values).toEqual(new Float64Array(size).fill(Number.NaN));
					expect(vectors).toEqual(new Float64Array(size).fill(Number.NaN));
				}
			}
		},
	);
});
