import { describe, expect, it } from "vitest";
import { labOf } from "./lab.ts";

/**
 * OpenCV 4.6.0 on float32: `COLOR_LRGB2Lab` of the linear values that NumPy made of these by the curve of IEC 61966-2-1.
 * (`COLOR_RGB2Lab` interpolates in a table and is off by up to 0.14.) Red, green, blue; L, a, b.
 */
const OPENCV: readonly (readonly [number, number, number, number, number, number])[] = [
	[0, 0, 0, 0, 0, 0],
	[255, 255, 255, 100, 0, 0],
	[255, 0, 0, 53.2406, 80.0942, 67.2015],
	[0, 255, 0, 87.7351, -86.1813, 83.1775],
	[0, 0, 255, 32.2957, 79.187, -107.8618],
	[128, 128, 128, 53.585, 0, 0],
	[10, 5, 2, 1.6031, 0.8904, 1.5961],
	[200, 150, 30, 65.112, 8.6351, 63.8],
	[12, 200, 240, 74.6182, -27.0763, -31.2482],
	[90, 60, 120, 31.2575, 26.0562, -29.4636],
	[1, 1, 1, 0.2742, 0, 0],
];

/** Lightness, a and b of one pixel. */
function colorOf(red: number, green: number, blue: number): number[] {
	return labOf({ data: Uint8Array.of(red, green, blue), width: 1, height: 1 }).channels.map(([value]) => value);
}

describe("labOf", () => {
	it("agrees with OpenCV", () => {
		for (const [red, green, blue, ...expected] of OPENCV) {
			for (const [index, value] of colorOf(red, green, blue).entries()) {
				expect(Math.abs(value - expected[index]), `${red}, ${green}, ${blue}: ${index}`).toBeLessThan(0.003);
			}
		}
	});

	it("has no colour in grey, and lightness that grows", () => {
		let previous = -1;
		for (let grey = 0; grey <= 255; grey++) {
			const [lightness, a, b] = colorOf(grey, grey, grey);
			expect(lightness).toBeGreaterThan(previous);
			expect(Math.abs(a)).toBeLessThan(1e-3);
			expect(Math.abs(b)).toBeLessThan(1e-3);
			previous = lightness;
		}
	});

	it("keeps every channel in the order of the pixels", () => {
		const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 5, 2);
		const { channels, width, height } = labOf({ data, width: 2, height: 2 });
		expect([width, height]).toEqual([2, 2]);
		for (let pixel = 0; pixel < 4; pixel++) {
			const [red, green, blue] = data.subarray(3 * pixel, 3 * pixel + 3);
			expect(channels.map((channel) => channel[pixel])).toEqual(colorOf(red, green, blue));
		}
	});
});
