import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Matrix, unitRows } from "./matrix.ts";

const COLS = 3;
const rowsOf = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: COLS, maxLength: COLS }), {
	minLength: 1,
	maxLength: 20,
});
const matrixOf = (rows: readonly (readonly number[])[], scale = 1): Matrix => ({
	data: Float32Array.from(rows.flat(), (value) => value * scale),
	rows: rows.length,
	cols: COLS,
});

describe("unitRows", () => {
	it("gives every row the length 1 and keeps its direction; zeros stay", () => {
		fc.assert(
			fc.property(rowsOf, (rows) => {
				const { data } = unitRows(matrixOf(rows));
				for (const [i, row] of rows.entries()) {
					const unit = Array.from(data.subarray(i * COLS, (i + 1) * COLS));
					const length = Math.hypot(...row);
					const product = row.reduce((sum, value, d) => sum + value * unit[d], 0);
					expect(Math.hypot(...unit)).toBeCloseTo(length === 0 ? 0 : 1, 6);
					expect(product).toBeCloseTo(length, 4);
				}
			}),
		);
	});

	it("does not see the scale", () => {
		fc.assert(
			fc.property(rowsOf, fc.constantFrom(2 ** -40, 0.25, 1024, 2 ** 60), (rows, scale) => {
				expect(unitRows(matrixOf(rows, scale)).data).toEqual(unitRows(matrixOf(rows)).data);
			}),
		);
	});

	it("leaves its argument alone", () => {
		const points = matrixOf([[3, 0, 4]]);
		expect(Array.from(unitRows(points).data)).toEqual([Math.fround(0.6), 0, Math.fround(0.8)]);
		expect(Array.from(points.data)).toEqual([3, 0, 4]);
	});
});
