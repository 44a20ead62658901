import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import type { Eigen } from "./kernels.ts";

const symmetric = fc
	.integer({ min: 1, max: 17 })
	.chain((size) =>
		fc
			.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: size * size, maxLength: size * size })
			.map((values) => ({ size, matrix: symmetrise(values, size) })),
	);

function symmetrise(values: ArrayLike<number>, size: number): Float64Array {
	return Float64Array.from({ length: size * size }, (_, at) => {
		const i = Math.floor(at / size);
		const j = at % size;
		return i <= j ? values[i * size + j] : values[j * size + i];
	});
}

/** Sum of outer products of `rank` repeatable vectors: positive semidefinite. */
function lowRank(size: number, rank: number): Float64Array {
	const matrix = new Float64Array(size * size);
	for (let r = 0; r < rank; r++) {
		const vector = Float64Array.from({ length: size }, (_, i) => Math.sin((i + 1) * (r + 1) * 1.7));
		for (let at = 0; at < matrix.length; at++) {
			matrix[at] += vector[Math.floor(at / size)] * vector[at % size];
		}
	}
	return matrix;
}

/** A few times the spacing of the smallest numbers: a relative error below it cannot be stored. */
const DENORMAL_SPACING = 1e-322;

/** Errors relative to the largest element of the matrix must stay within a small multiple of the float64 spacing. */
function checkEigen(matrix: Float64Array, size: number, { values, vectors }: Eigen): void {
	const scale = matrix.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
	const tolerance = 1e-14 * (size + 4);
	for (let a = 0; a < size; a++) {
		expect(a === 0 || values[a] <= values[a - 1]).toBe(true);
		for (let i = 0; i < size; i++) {
			let image = 0;
			for (let j = 0; j < size; j++) {
				image += matrix[i * size + j] * vectors[a * size + j];
			}
			expect(Math.abs(image - values[a] * vectors[a * size + i])).toBeLessThanOrEqual(
				tolerance * scale + DENORMAL_SPACING,
			);
		}
		for (let b = 0; b <= a; b++) {
			let dot = 0;
			for (let j = 0; j < size; j++) {
				dot += vectors[a * size + j] * vectors[b * size + j];
			}
			expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThanOrEqual(tolerance);
		}
	}
}

describe.each(backends)("symmetricEigen ($name)", (kernels) => {
	it("solves A v = lambda v with orthonormal vectors and falling values", () => {
		fc.assert(
			fc.property(symmetric, ({ matrix, size }) => {
				checkEigen(matrix, size, kernels.symmetricEigen(matrix, size));
			}),
		);
	});

	it("finds the values that ml-matrix finds", () => {
		fc.assert(
			fc.property(symmetric, ({ matrix: any, size }) => {
				// The oracle itself fails on numbers near the smallest.
				const matrix = any.map((value) => Math.round(value * 1000) / 1000);
				const oracle = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
				const expected = oracle.realEigenvalues.sort((a, b) => b - a);
				const { values } = kernels.symmetricEigen(matrix, size);
				for (let i = 0; i < size; i++) {
					expect(Math.abs(values[i] - expected[i])).toBeLessThan(1e-10);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it.each([
		["1 x 1", Float64Array.of(-3)],
		["zero", new Float64Array(25)],
		["constant", new Float64Array(36).fill(7)],
		["identity", Float64Array.from({ length: 49 }, (_, i) => (i % 8 === 0 ? 1 : 0))],
		["falling diagonal", Float64Array.from({ length: 49 }, (_, i) => (i % 8 === 0 ? 50 - i : 0))],
		["rank 1", lowRank(20, 1)],
		["rank 5 of 60", lowRank(60, 5)],
		["duplicated rows", lowRank(12, 12).map((_, at, all) => all[(Math.floor(at / 12) >> 1) * 12 + ((at % 12) >> 1)])],
		["huge", lowRank(9, 9).map((value) => value * 1e300)],
		["tiny", lowRank(9, 9).map((value) => value * 1e-290)],
		[
			"graded over 30 decades",
			symmetrise(
				Array.from({ length: 81 }, (_, i) => 10 ** -((i % 9) * 3.7)),
				9,
			),
		],
	])("is robust: %s", (_name, matrix) => {
		const size = Math.sqrt(matrix.length);
		checkEigen(matrix, size, kernels.symmetricEigen(matrix, size));
	});

	it("takes a diagonal matrix as it is", () => {
		const { values, vectors } = kernels.symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3);
		expect(Array.from(values)).toEqual([3, 2, 1]);
		expect(Array.from(vectors, Math.abs)).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
	});

	it("knows the second difference matrix: 2 - 2 cos(pi j / (n + 1))", () => {
		const size = 192;
		const matrix = Float64Array.from({ length: size * size }, (_, at) => {
			const distance = Math.abs(Math.floor(at / size) - (at % size));
			return distance === 0 ? 2 : distance === 1 ? -1 : 0;
		});
		const { values } = kernels.symmetricEigen(matrix, size);
		for (let j = 0; j < size; j++) {
			const expected = 2 - 2 * Math.cos((Math.PI * (size - j)) / (size + 1));
			expect(Math.abs(values[j] - expected)).toBeLessThan(1e-13);
		}
	});

	it("gives the same bytes again, the same vectors at any power of two, and leaves its input alone", () => {
		const matrix = lowRank(31, 31);
		const copy = matrix.slice();
		const first = kernels.symmetricEigen(matrix, 31);
		expect(matrix).toEqual(copy);
		expect(kernels.symmetricEigen(matrix, 31)).toEqual(first);
		const scaled = kernels.symmetricEigen(
			matrix.map((value) => value * 1024),
			31,
		);
		expect(scaled.vectors).toEqual(first.vectors);
		expect(scaled.values).toEqual(first.values.map((value) => value * 1024));
	});

	it("ends for values that are not finite", () => {
		expect(kernels.symmetricEigen(new Float64Array(64).fill(Number.NaN), 8).values).toHaveLength(8);
	});
});
