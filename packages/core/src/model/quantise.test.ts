import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantiseRows } from "./quantise.ts";

const matrix = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })).chain(([rows, columns]) =>
	fc.record({
		rows: fc.constant(rows),
		columns: fc.constant(columns),
		values: fc.float32Array({
			noNaN: true,
			min: -Math.fround(1e30),
			max: Math.fround(1e30),
			minLength: rows * columns,
			maxLength: rows * columns,
		}),
	}),
);

describe("quantiseRows", () => {
	it("is off by at most half a scale", () => {
		fc.assert(
			fc.property(matrix, ({ values, rows, columns }) => {
				const quantised = quantiseRows(values, rows, columns, "w");
				for (let i = 0; i < values.length; i++) {
					const scale = quantised.scales[Math.floor(i / columns)];
					const error = Math.abs(values[i] - quantised.values[i] * scale);
					// A row below the least normal float32 is one of zeros.
					expect(error).toBeLessThanOrEqual(scale === 0 ? 2 ** -118 : scale * (0.5 + 1e-4));
				}
			}),
		);
	});

	it("never lets two neighbouring products leave 16 bits", () => {
		fc.assert(
			fc.property(matrix, ({ values, rows, columns }) => {
				const quantised = quantiseRows(values, rows, columns, "w").values;
				for (let row = 0; row < rows; row++) {
					for (let column = 0; column < columns; column += 2) {
						const at = row * columns + column;
						const neighbour = column + 1 < columns ? Math.abs(quantised[at + 1]) : 0;
						expect(255 * (Math.abs(quantised[at]) + neighbour)).toBeLessThanOrEqual(32767);
					}
				}
			}),
		);
	});

	it("depends neither on the other rows nor on a factor of two", () => {
		fc.assert(
			fc.property(matrix, ({ values, rows, columns }) => {
				const { values: all, scales } = quantiseRows(values, rows, columns, "w");
				const last = quantiseRows(values.slice((rows - 1) * columns), 1, columns, "w");
				expect([...last.values]).toEqual([...all.slice((rows - 1) * columns)]);
				expect(last.scales[0]).toBe(scales[rows - 1]);
				const doubled = quantiseRows(
					values.map((value) => 2 * value),
					rows,
					columns,
					"w",
				);
				for (let row = 0; row < rows; row++) {
					if (scales[row] !== 0) {
						expect(doubled.scales[row]).toBe(2 * scales[row]);
						expect(doubled.values.slice(row * columns, (row + 1) * columns)).toEqual(
							all.slice(row * columns, (row + 1) * columns),
						);
					}
				}
			}),
		);
	});

	it("rounds to the nearest step of the row", () => {
		const { values, scales } = quantiseRows(Float32Array.of(127, 0, -63.4, 0, 100, 27, -1.6, 60), 2, 4, "w");
		expect([...values]).toEqual([127, 0, -63, 0, 100, 27, -2, 60]);
		expect([...scales]).toEqual([1, 1]);
	});

	it("keeps rows of zeros and of one value", () => {
		const { values, scales } = quantiseRows(Float32Array.of(0, 0, 0, 5, 5, 5, -0, 0, 1e-45), 3, 3, "w");
		expect([...scales]).toEqual([0, Math.fround(10 / 127), 0]);
		expect([...values]).toEqual([0, 0, 0, 64, 64, 64, 0, 0, 0]);
	});

	it("takes a matrix without rows or columns", () => {
		expect(quantiseRows(new Float32Array(0), 0, 4, "w").scales).toHaveLength(0);
		expect([...quantiseRows(new Float32Array(0), 2, 0, "w").scales]).toEqual([0, 0]);
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s, naming its row", (value) => {
		for (const column of [0, 1, 2]) {
			const values = new Float32Array(6);
			values[3 + column] = value;
			expect(() => quantiseRows(values, 2, 3, "blocks.weight")).toThrow(
				expect.objectContaining({
					code: "MODEL_TENSOR_INVALID",
					message: expect.stringMatching(/blocks\.weight: row 1 /),
				}),
			);
		}
	});

	it("refuses an array that is no such matrix", () => {
		expect(() => quantiseRows(new Float32Array(5), 2, 3, "w")).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
