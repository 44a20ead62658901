import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { VIEWS } from "../options/index.ts";
import { createTokenMean, listViews, viewPixels } from "./views.ts";

const PATCH = 2;

/** An input, and where its tokens lie. */
const inputs = fc
	.record({ rows: fc.integer({ min: 1, max: 4 }), cols: fc.integer({ min: 1, max: 5 }), spare: fc.nat({ max: 1 }) })
	.map(({ rows, cols, spare }) => {
		const size = { width: cols * PATCH + spare, height: rows * PATCH };
		const pixels = Float32Array.from({ length: 3 * size.width * size.height }, (_, at) => at);
		return { size, pixels, places: { rows, cols, patchSize: PATCH, stride: PATCH } };
	});

/** A network of one layer: the sum of each patch's first channel. */
function tokensOf(pixels: Float32Array, width: number, rows: number, cols: number) {
	const data = Float32Array.from({ length: rows * cols }, (_, token) => {
		const corner = Math.floor(token / cols) * PATCH * width + (token % cols) * PATCH;
		return [0, 1, width, width + 1].reduce((sum, place) => sum + pixels[corner + place], 0);
	});
	const size = { inputWidth: width, inputHeight: rows * PATCH, imageWidth: width, imageHeight: rows * PATCH };
	return { data, norms: data.slice(), rows, cols, dim: 1, patchSize: PATCH, stride: PATCH, ...size };
}

describe("views", () => {
	it("are 1, 2, 4 and 8, different from each other, and stand still on the mean", () => {
		for (const [index, views] of VIEWS.entries()) {
			const listed = listViews(views, 14);
			expect(listed).toHaveLength([1, 2, 4, 8][index]);
			expect(new Set(listed.map((view) => JSON.stringify(view))).size).toBe(listed.length);
			expect(listed.reduce((sum, { right }) => sum + right, 0)).toBe(0);
			expect(listed.reduce((sum, { down }) => sum + down, 0)).toBe(0);
		}
		expect(listViews("shift", 14)[0]).toEqual({ right: -4, down: -4, mirrored: false });
		expect(listViews("shift", 1)[0]).toEqual({ right: -1, down: -1, mirrored: false });
	});

	it("put the tokens of a mirrored picture back to where they belong", () => {
		fc.assert(
			fc.property(inputs, ({ size, pixels, places }) => {
				const view = { right: 0, down: 0, mirrored: true };
				const straight = tokensOf(pixels, size.width, places.rows, places.cols);
				const mirrored = tokensOf(viewPixels(pixels, size, view, places), size.width, places.rows, places.cols);
				const sum = createTokenMean(straight);
				sum.add(mirrored, view);
				expect(sum.mean()).toEqual(straight);
			}),
		);
	});

	it("move a picture and repeat its border", () => {
		const pixels = Float32Array.from({ length: 3 * 2 * 4 }, (_, at) => at);
		const places = { rows: 1, cols: 2, patchSize: 2, stride: 2 };
		const moved = viewPixels(pixels, { width: 4, height: 2 }, { right: 1, down: -1, mirrored: false }, places);
		expect([...moved.subarray(0, 8)]).toEqual([4, 4, 5, 6, 4, 4, 5, 6]);
		const both = viewPixels(pixels, { width: 4, height: 2 }, { right: 1, down: -1, mirrored: true }, places);
		expect([...both.subarray(0, 8)]).toEqual([6, 5, 4, 4, 6, 5, 4, 4]);
	});

	it("have the mean of their tokens and lengths", () => {
		const size = { inputWidth: 2, inputHeight: 2, imageWidth: 2, imageHeight: 2, patchSize: 2, stride: 2 };
		const grid = (value: number) => ({
			...size,
			data: Float32Array.of(value, 2 * value),
			norms: Float32Array.of(value),
			rows: 1,
			cols: 1,
			dim: 2,
		});
		const sum = createTokenMean(grid(0));
		for (const value of [1, 2, 6]) {
			sum.add(grid(value), { right: 0, down: 0, mirrored: false });
		}
		expect(sum.mean()).toEqual(grid(3));
	});

	it("refuse what does not fit", () => {
		const places = { rows: 1, cols: 2, patchSize: 2, stride: 2 };
		const view = { right: 0, down: 0, mirrored: false };
		expect(errorOf(() => viewPixels(new Float32Array(5), { width: 4, height: 2 }, view, places))).toMatchObject({
			code: "SHAPE_MISMATCH",
		});
	});
});
