import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPositionBiasSum, subtractPositionBias } from "./position-bias.ts";
import type { TokenGrid } from "./token-grid.ts";

const ROWS = 3;
const COLS = 4;
const DIM = 2;
const LENGTH = ROWS * COLS * DIM;

function gridOf(data: ArrayLike<number>, norm = 1): TokenGrid {
	const size = { patchSize: 14, stride: 14, inputWidth: COLS * 14, inputHeight: ROWS * 14 };
	return {
		data: Float32Array.from(data),
		norms: new Float32Array(ROWS * COLS).fill(norm),
		rows: ROWS,
		cols: COLS,
		dim: DIM,
		...size,
		imageWidth: COLS * 14,
		imageHeight: ROWS * 14,
	};
}

function biasOf(first: TokenGrid, ...others: readonly TokenGrid[]): TokenGrid {
	const sum = createPositionBiasSum(first);
	for (const grid of others) {
		sum.add(grid);
	}
	return sum.bias();
}

const anyTokens = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: LENGTH, maxLength: LENGTH });
const anyContent = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }));

describe("the position bias", () => {
	it("has a mean of zero over the grid", () => {
		fc.assert(
			fc.property(anyTokens, anyTokens, (first, second) => {
				const { data } = biasOf(gridOf(first), gridOf(second));
				for (const channel of [0, 1]) {
					const values = data.filter((_, i) => i % DIM === channel);
					expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 2);
				}
			}),
		);
	});

	it("takes a signal of the position alone away, whatever the pictures show", () => {
		fc.assert(
			fc.property(anyTokens, anyContent, anyContent, anyContent, (position, ...contents) => {
				const [photograph, ...pictures] = contents.map((content) =>
					gridOf(position.map((value, i) => value + content[i % DIM])),
				);
				const { data } = subtractPositionBias(photograph, biasOf(pictures[0], ...pictures.slice(1)));
				for (let i = DIM; i < LENGTH; i++) {
					expect(data[i]).toBeCloseTo(data[i % DIM], 2);
				}
				const mean =
					photograph.data.filter((_, i) => i % DIM === 0).reduce((sum, value) => sum + value, 0) / (ROWS * COLS);
				expect(data[0]).toBeCloseTo(mean, 2);
			}),
		);
	});

	it("does not depend on the order of the pictures, nor on how often all of them come", () => {
		fc.assert(
			fc.property(anyTokens, anyTokens, (first, second) => {
				const [a, b] = [gridOf(first), gridOf(second, 3)];
				const expected = biasOf(a, b);
				expect(biasOf(b, a)).toEqual(expected);
				const again = biasOf(a, b, a, b);
				for (const [i, value] of again.data.entries()) {
					expect(value).toBeCloseTo(expected.data[i], 3);
				}
			}),
		);
	});

	it("is nothing where all tokens are equal, and then changes nothing", () => {
		const bias = biasOf(gridOf(new Float32Array(LENGTH).fill(5)));
		expect(bias.data).toEqual(new Float32Array(LENGTH));
		const grid = gridOf(Array.from({ length: LENGTH }, (_, i) => i * i));
		expect(subtractPositionBias(grid, bias)).toEqual(grid);
	});

	it("is the mean over the pictures minus its mean over the grid", () => {
		const one = gridOf(
			Array.from({ length: LENGTH }, (_, i) => i),
			2,
		);
		const two = gridOf(new Float32Array(LENGTH), 4);
		const { data, norms, ...shape } = biasOf(one, two);
		expect([...data]).toEqual(Array.from({ length: LENGTH }, (_, i) => (i - (i % DIM) - 11) / 2));
		expect(norms).toEqual(new Float32Array(ROWS * COLS).fill(3));
		const { data: _data, norms: _norms, ...expected } = one;
		expect(shape).toEqual(expected);
	});

	it("keeps the norms, and the grid that it is taken from", () => {
		const grid = gridOf(new Float32Array(LENGTH).fill(9), 7);
		const before = grid.data.slice();
		const debiased = subtractPositionBias(grid, biasOf(gridOf(Array.from({ length: LENGTH }, (_, i) => i))));
		expect(debiased.norms).toEqual(grid.norms);
		expect(grid.data).toEqual(before);
	});

	it("refuses grids of different shapes", () => {
		const grid = gridOf(new Float32Array(LENGTH));
		const others: TokenGrid[] = [
			{ ...grid, rows: COLS, cols: ROWS },
			{ ...grid, rows: ROWS + 1 },
			{ ...grid, dim: DIM + 1 },
			{ ...grid, data: new Float32Array(LENGTH - 1) },
			{ ...grid, norms: new Float32Array(1) },
		];
		const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		for (const other of others) {
			expect(() => createPositionBiasSum(grid).add(other)).toThrowError(mismatch);
			expect(() => subtractPositionBias(grid, other)).toThrowError(mismatch);
			expect(() => subtractPositionBias(other, grid)).toThrowError(mismatch);
		}
		expect(() => createPositionBiasSum({ ...grid, data: new Float32Array(1) })).toThrowError(mismatch);
		expect(() => subtractPositionBias(grid, others[0])).toThrowError(/\(3, 4, 2\), got \(4, 3, 2\)/);
	});
});
