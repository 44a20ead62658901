import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { Matrix } from "../tensor/index.ts";
import { columnVariances, leadingColumns } from "./leading-columns.ts";
import { unitWeights } from "./weights.ts";

// Variances 1, 100, 0 and 25 by columns.
const points: Matrix = { data: Float32Array.of(1, 10, 7, 5, -1, -10, 7, -5), rows: 2, cols: 4 };

const leading = (matrix: Matrix, weights: Float64Array, share: number) =>
	leadingColumns(matrix, columnVariances(kernels, matrix, weights), share, kernels.check);

describe("leadingColumns", () => {
	it.each([
		[0.5, [10, -10]],
		[0.9, [10, 5, -10, -5]],
		[0.999, [1, 10, 5, -1, -10, -5]],
	])("keeps the fewest columns that hold %s of the variance, in their order", (share, expected) => {
		const { data, cols } = leading(points, unitWeights(2), share);
		expect(Array.from(data)).toEqual(expected);
		expect(cols).toBe(expected.length / 2);
	});

	it("keeps one column of points that are all the same", () => {
		const same: Matrix = { data: new Float32Array(6).fill(3), rows: 3, cols: 2 };
		expect(leading(same, unitWeights(3), 0.9).cols).toBe(1);
	});

	it("counts a point as often as its weight says", () => {
		const three: Matrix = { data: Float32Array.of(0, 0, 1, 0, 0, 2), rows: 3, cols: 2 };
		expect(Array.from(leading(three, Float64Array.of(1, 1, 1), 0.6).data)).toEqual([0, 0, 2]);
		expect(Array.from(leading(three, Float64Array.of(500, 500, 1), 0.6).data)).toEqual([0, 1, 0]);
	});

	it("returns the points themselves when every column is needed", () => {
		const two: Matrix = { data: Float32Array.of(1, 1, -1, -1), rows: 2, cols: 2 };
		expect(leading(two, unitWeights(2), 0.9)).toBe(two);
	});
});
