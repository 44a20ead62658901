import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type Camera,
	canvasAt,
	clampCamera,
	fitCamera,
	panCamera,
	pictureAt,
	sampleScreen,
	zoomCamera,
} from "./camera.ts";

const length = fc.integer({ min: 1, max: 20_000 });
const extent = fc.record({ width: length, height: length });
const canvasExtent = fc.record({
	width: fc.integer({ min: 50, max: 4000 }),
	height: fc.integer({ min: 50, max: 4000 }),
});
const place = fc.double({ min: -5000, max: 5000, noNaN: true });
const point = fc.record({ x: place, y: place });
const camera: fc.Arbitrary<Camera> = fc.record({
	x: place,
	y: place,
	scale: fc.double({ min: 0.01, max: 100, noNaN: true }),
});

describe("cameras", () => {
	it("take places of the canvas to the picture and back", () => {
		fc.assert(
			fc.property(camera, canvasExtent, point, (camera, canvas, at) => {
				const back = canvasAt(camera, canvas, pictureAt(camera, canvas, at));
				expect(back.x).toBeCloseTo(at.x, 3);
				expect(back.y).toBeCloseTo(at.y, 3);
			}),
		);
	});

	it("zoom around a place: the picture stays where it is there", () => {
		fc.assert(
			fc.property(
				camera,
				canvasExtent,
				point,
				fc.double({ min: 0.1, max: 64, noNaN: true }),
				(camera, canvas, at, scale) => {
					const before = pictureAt(camera, canvas, at);
					const zoomed = zoomCamera(camera, canvas, scale, at);
					expect(zoomed.scale).toBe(scale);
					expect(pictureAt(zoomed, canvas, at).x).toBeCloseTo(before.x, 4);
					expect(pictureAt(zoomed, canvas, at).y).toBeCloseTo(before.y, 4);
				},
			),
		);
	});

	it("move the picture with the pointer", () => {
		const moved = panCamera({ x: 10, y: 20, scale: 2 }, 6, -4);
		expect(moved).toEqual({ x: 7, y: 22, scale: 2 });
	});

	it("when clamped stay so, and show the picture", () => {
		fc.assert(
			fc.property(camera, extent, canvasExtent, (camera, picture, canvas) => {
				const clamped = clampCamera(camera, picture, canvas);
				const again = clampCamera(clamped, picture, canvas);
				expect(again.scale).toBe(clamped.scale);
				expect(again.x).toBeCloseTo(clamped.x, 6);
				expect(again.y).toBeCloseTo(clamped.y, 6);
				const first = canvasAt(clamped, canvas, { x: 0, y: 0 });
				const last = canvasAt(clamped, canvas, { x: picture.width, y: picture.height });
				expect(first.x).toBeLessThan(canvas.width);
				expect(first.y).toBeLessThan(canvas.height);
				expect(last.x).toBeGreaterThan(0);
				expect(last.y).toBeGreaterThan(0);
			}),
		);
	});

	it("that show a picture whole are allowed", () => {
		fc.assert(
			fc.property(extent, canvasExtent, (picture, canvas) => {
				const fit = fitCamera(picture, canvas);
				expect(clampCamera(fit, picture, canvas)).toEqual(fit);
			}),
		);
	});

	it("zoom from half of what shows the whole to 64", () => {
		const picture = { width: 400, height: 300 };
		const canvas = { width: 432, height: 332 };
		const middle = { x: 200, y: 150 };
		expect(fitCamera(picture, canvas)).toEqual({ ...middle, scale: 1 });
		expect(clampCamera({ ...middle, scale: 0.01 }, picture, canvas).scale).toBe(0.5);
		expect(clampCamera({ ...middle, scale: 1000 }, picture, canvas).scale).toBe(64);
	});

	it("let a picture begin at the edge of a pixel of the screen", () => {
		fc.assert(
			fc.property(camera, canvasExtent, fc.constantFrom(1, 1.25, 2, 3), (camera, canvas, ratio) => {
				const { origin, step } = sampleScreen(camera, canvas, ratio);
				const exact = pictureAt(camera, canvas, { x: 0, y: 0 });
				expect(Math.abs(origin.x - exact.x)).toBeLessThanOrEqual(step * 0.5 + 1e-6);
				expect(origin.x / step).toBeCloseTo(Math.round(origin.x / step), 4);
				expect(step * camera.scale * ratio).toBeCloseTo(1, 9);
			}),
		);
	});
});
