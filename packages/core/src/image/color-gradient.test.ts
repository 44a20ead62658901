import { describe, expect, it } from "vitest";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { colorGradient } from "./color-gradient.ts";
import { type LabImage, labOf } from "./lab.ts";

function picture(width: number, height: number, lightnessAt: (x: number, y: number) => number): LabImage {
	const lightness = Float32Array.from({ length: width * height }, (_, pixel) =>
		lightnessAt(pixel % width, Math.floor(pixel / width)),
	);
	return { channels: [lightness, new Float32Array(width * height), new Float32Array(width * height)], width, height };
}

describe("colorGradient", () => {
	it("is 0 where nothing changes", () => {
		expect(colorGradient(labOf(drawnPicture("one colour"))).every((value) => value === 0)).toBe(true);
	});

	it("is the slope of a plane, away from the border", () => {
		const gradient = colorGradient(picture(40, 30, (x, y) => 0.3 * x + 0.4 * y));
		for (let y = 7; y < 23; y++) {
			for (let x = 7; x < 33; x++) {
				expect(gradient[y * 40 + x]).toBeCloseTo(0.5, 5);
			}
		}
	});

	it("is highest at an edge, as high as a Gaussian makes it, and the same on both sides", () => {
		const gradient = colorGradient(picture(41, 9, (x) => (x < 20 ? 0 : 10)));
		const row = gradient.subarray(4 * 41, 5 * 41);
		// Half of what lies between the neighbours of a pixel at the step: the weights of the Gaussian at 0 and at 1.
		expect(row[19]).toBeCloseTo((10 * (0.26596 + 0.21297)) / 2, 3);
		for (let distance = 0; distance < 15; distance++) {
			expect(row[19 - distance]).toBeCloseTo(row[20 + distance], 4);
		}
		expect(row[8]).toBe(0);
	});

	it("turns with the picture", () => {
		const { data, width, height } = drawnPicture("fields with noise");
		const turned = new Uint8Array(data.length);
		for (let pixel = 0; pixel < width * height; pixel++) {
			const to = (pixel % width) * height + Math.floor(pixel / width);
			turned.set(data.subarray(3 * pixel, 3 * pixel + 3), 3 * to);
		}
		const gradient = colorGradient(labOf({ data, width, height }));
		const other = colorGradient(labOf({ data: turned, width: height, height: width }));
		for (let pixel = 0; pixel < width * height; pixel++) {
			expect(Math.abs(other[(pixel % width) * height + Math.floor(pixel / width)] - gradient[pixel])).toBeLessThan(
				1e-4,
			);
		}
	});
});
