import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { isInsidePolygon, quarters } from "../../../../../fixtures/inside-polygon.ts";
import { lassoSpans } from "./lasso-spans.ts";

const [WIDTH, HEIGHT] = [17, 11];

function maskOf(polygon: readonly number[]): number[] {
	const mask = new Array<number>(WIDTH * HEIGHT).fill(0);
	const { data, count } = lassoSpans(Float32Array.from(polygon), WIDTH, HEIGHT);
	for (let span = 0; span < count; span++) {
		for (let x = data[3 * span + 1]; x < data[3 * span + 2]; x++) {
			mask[data[3 * span] * WIDTH + x]++;
		}
	}
	return mask;
}

describe("lassoSpans", () => {
	it("covers the pixels whose centres lie inside, whatever the polygon", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(quarters, quarters), { minLength: 3, maxLength: 9 }), (corners) => {
				const polygon = corners.flat();
				const expected = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) =>
					isInsidePolygon(polygon, (pixel % WIDTH) + 0.5, Math.floor(pixel / WIDTH) + 0.5) ? 1 : 0,
				);
				expect(maskOf(polygon)).toEqual(expected);
			}),
			{ numRuns: 500 },
		);
	});

	it("takes in a centre on an edge with the interior to its right", () => {
		expect(maskOf([8, -0.25, -5, 6.25, 0, 0])[3 * WIDTH]).toBe(0);
		expect(maskOf([8, -0.25, -5, 6.25, 17, 11])[3 * WIDTH]).toBe(1);
	});

	it("gives each pixel to one of two polygons that share an edge, whichever way it runs", () => {
		const place = fc.double({ min: 0, max: 17, noNaN: true });
		fc.assert(
			fc.property(fc.oneof(quarters, place), fc.oneof(quarters, place), (top, bottom) => {
				const left = maskOf([-5, 0, top, 0, bottom, 11, -5, 11]);
				const right = maskOf([top, 0, 23, 0, 23, 11, bottom, 11]);
				expect(left.map((value, pixel) => value + right[pixel])).toEqual(new Array(WIDTH * HEIGHT).fill(1));
			}),
			{ numRuns: 500 },
		);
	});

	it.each([[[]], [[0, 0, 1, 1]], [[0, 0, 1, 1, 2]], [[0, 0, 1, 1, 2, Number.NaN]], [[0, 0, 1, Infinity, 2, 2]]])(
		"refuses %j",
		(polygon) => {
			const error = errorOf(() => maskOf(polygon));
			expect(error.code).toBe("OPTION_INVALID");
			expect(error.message).toMatch(/lasso: polygon must be x, y pairs of at least 3 corners/);
		},
	);
});
