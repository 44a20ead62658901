import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../image/rgb-image.ts";
import { createCanvas } from "./canvas.ts";
import { type Contour, fillOutline, roundedRectangle } from "./fill-outline.ts";

/** Coverage in 1/255 of each pixel after filling with white on black. Shape (height, width). */
function coverage(contours: readonly Contour[], width = 24, height = 24): number[] {
	const canvas = createCanvas(width, height, [0, 0, 0]);
	fillOutline(canvas, contours, [255, 255, 255]);
	return [...canvas.data].filter((_, index) => index % 3 === 0);
}

function total(contours: readonly Contour[]): number {
	return coverage(contours).reduce((sum, value) => sum + value / 255, 0);
}

function box(left: number, top: number, right: number, bottom: number): Contour {
	return [left, top, right, top, right, bottom, left, bottom];
}

function reversed(contour: Contour): Contour {
	return Array.from({ length: contour.length }, (_, index) => contour[contour.length - 2 - index + 2 * (index % 2)]);
}

const coordinate = fc.double({ min: 0, max: 24, noNaN: true });

describe("fillOutline", () => {
	it("covers a triangle by its area, whichever way it winds", () => {
		fc.assert(
			fc.property(fc.array(coordinate, { minLength: 6, maxLength: 6 }), (points) => {
				const [x0, y0, x1, y1, x2, y2] = points;
				const area = Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2;
				// Every pixel may be rounded by half a level.
				expect(Math.abs(total([points]) - area)).toBeLessThan((24 * 24 * 0.5) / 255);
				expect(coverage([reversed(points)])).toEqual(coverage([points]));
			}),
		);
	});

	it("covers each pixel of a rectangle by its share", () => {
		expect(coverage([box(0.5, 0.25, 2, 1.5)], 3, 2)).toEqual([96, 191, 0, 64, 128, 0]);
	});

	it("leaves a hole where contours wind against each other", () => {
		expect(coverage([box(0, 0, 4, 3), reversed(box(1, 1, 3, 2))], 4, 3)).toEqual([
			255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 255,
		]);
	});

	it("does not add up where contours overlap in the same direction", () => {
		expect(total([box(1, 1, 9, 9), box(5, 1, 13, 9)])).toBe(12 * 8);
	});

	it("leaves out what lies outside the canvas and keeps the rest", () => {
		const shape = roundedRectangle(-5.3, -4.1, 40.2, 20.7, 6);
		const moved = shape.map((value) => value + 50);
		const large = coverage([moved], 124, 124);
		const window = large.filter((_, index) => {
			const [x, y] = [index % 124, Math.floor(index / 124)];
			return x >= 50 && x < 74 && y >= 50 && y < 74;
		});
		const clipped = coverage([shape]);
		for (const [index, value] of clipped.entries()) {
			expect(Math.abs(value - window[index])).toBeLessThanOrEqual(1);
		}
		expect(total([box(-9, -9, -2, -2)])).toBe(0);
		expect(total([box(30, 30, 40, 40)])).toBe(0);
	});

	it("blends with what lies below", () => {
		const canvas: RgbImage = createCanvas(1, 1, [100, 100, 100]);
		fillOutline(canvas, [box(0, 0, 0.5, 1)], [200, 0, 100]);
		expect([...canvas.data]).toEqual([150, 50, 100]);
	});
});

describe("roundedRectangle", () => {
	it("has the area of a rectangle with quarter circles at its corners", () => {
		const expected = 20 * 16 - (4 - Math.PI) * 25;
		expect(Math.abs(total([roundedRectangle(1, 2, 20, 16, 5)]) - expected)).toBeLessThan(1);
	});
});
