import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
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

/** Whether a ray from a point to the right crosses an odd number of edges. */
function isInside(polygon: readonly number[], x: number, y: number): boolean {
	let isOdd = false;
	for (let at = 0; at < polygon.length; at += 2) {
		const [x0, y0] = polygon.slice(at, at + 2);
		const [x1, y1] = at + 2 < polygon.length ? polygon.slice(at + 2, at + 4) : polygon;
		if (y0 <= y !== y1 <= y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) {
			isOdd = !isOdd;
		}
	}
	return isOdd;
}

const quarter = fc.integer({ min: -20, max: 90 }).map((value) => value / 4);

describe("lassoSpans", () => {
	it("covers the pixels whose centres lie inside, whatever the polygon", () => {
		// With quarters the place of an edge that meets a centre is exact, and the others are farther from it than rounding.
		fc.assert(
			fc.property(fc.array(fc.tuple(quarter, quarter), { minLength: 3, maxLength: 9 }), (corners) => {
				const polygon = corners.flat();
				const expected = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) =>
					isInside(polygon, (pixel % WIDTH) + 0.5, Math.floor(pixel / WIDTH) + 0.5) ? 1 : 0,
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
			fc.property(fc.oneof(quarter, place), fc.oneof(quarter, place), (top, bottom) => {
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
