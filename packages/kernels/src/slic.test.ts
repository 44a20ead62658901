import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import { referenceKernels } from "./reference/index.ts";

type Channels = [Float32Array, Float32Array, Float32Array];

/** Pictures with few levels, so that distances tie, and centres anywhere, also outside. */
const problem = fc
	.record({
		width: fc.integer({ min: 1, max: 13 }),
		height: fc.integer({ min: 1, max: 9 }),
		count: fc.integer({ min: 1, max: 8 }),
	})
	.chain(({ width, height, count }) =>
		fc.record({
			width: fc.constant(width),
			height: fc.constant(height),
			levels: fc.array(fc.nat(3), { minLength: 3 * width * height, maxLength: 3 * width * height }),
			centres: fc.array(fc.integer({ min: -4, max: 26 }), { minLength: 5 * count, maxLength: 5 * count }),
			reach: fc.integer({ min: 1, max: 24 }),
			placeWeight: fc.constantFrom(0.25, 1, 3),
		}),
	);

const channelsOf = (levels: readonly number[]): Channels => {
	const pixels = levels.length / 3;
	const [first, second, third] = [0, 1, 2].map((channel) =>
		Float32Array.from(levels.slice(channel * pixels, (channel + 1) * pixels)),
	);
	return [first, second, third];
};

describe.each(backends)("slic ($name)", (kernels) => {
	it("gives each pixel the nearest centre around it, the lowest of equals", () => {
		fc.assert(
			fc.property(problem, ({ width, height, levels, centres, reach, placeWeight }) => {
				const channels = channelsOf(levels);
				const halves = Float64Array.from(centres, (value) => value / 2);
				const options = { reach: reach / 2, placeWeight, iterations: 1 };
				const nearest = kernels.slic(channels, width, height, halves, options);
				for (let pixel = 0; pixel < width * height; pixel++) {
					const [x, y] = [pixel % width, Math.floor(pixel / width)];
					let expected = 0;
					let least = Number.POSITIVE_INFINITY;
					for (let centre = 0; centre < halves.length / 5; centre++) {
						const [lightness, a, b, centreX, centreY] = halves.subarray(5 * centre, 5 * centre + 5);
						const [right, down] = [x - centreX, y - centreY];
						const color =
							(channels[0][pixel] - lightness) ** 2 + (channels[1][pixel] - a) ** 2 + (channels[2][pixel] - b) ** 2;
						const distance = color + (right ** 2 + down ** 2) * placeWeight;
						const isAround = Math.abs(right) <= options.reach && Math.abs(down) <= options.reach;
						if (isAround && distance < least) {
							[expected, least] = [centre, distance];
						}
					}
					expect(nearest[pixel]).toBe(expected);
				}
			}),
		);
	});

	it("moves centres to the means of their pixels, and leaves the given ones alone", () => {
		const width = 8;
		const lightness = Float32Array.from({ length: width }, (_, x) => (x < 3 ? 0 : 10));
		const channels: Channels = [lightness, new Float32Array(width), new Float32Array(width)];
		// Both begin on the left; one moves to the three dark pixels, then the other to the bright ones.
		const centres = Float64Array.of(0, 0, 0, 1, 0, 4, 0, 0, 4, 0);
		const before = centres.slice();
		const options = { reach: 10, placeWeight: 1, iterations: 5 };
		expect([...kernels.slic(channels, width, 1, centres, options)]).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
		expect(centres).toEqual(before);
	});

	it("has the bytes of the reference", () => {
		for (const [width, height, side] of [
			[211, 137, 12],
			[300, 1, 9],
			[1, 300, 9],
			[640, 430, 16],
		]) {
			const at = (pixel: number, factor: number) => 50 + 40 * Math.sin(pixel * factor) + ((pixel * 7919) % 13);
			const channels = [0.001, 0.0137, 0.37].map((factor) =>
				Float32Array.from({ length: width * height }, (_, pixel) => at(pixel, factor)),
			) as Channels;
			const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
			const centres = Float64Array.from({ length: 5 * columns * rows }, (_, i) => {
				const centre = Math.floor(i / 5);
				return [50, 52, 54, ((centre % columns) + 0.5) * side, (Math.floor(centre / columns) + 0.5) * side][i % 5];
			});
			const options = { reach: side, placeWeight: 100 / side ** 2, iterations: 4 };
			const nearest = kernels.slic(channels, width, height, centres, options);
			expect(nearest).toEqual(referenceKernels.slic(channels, width, height, centres, options));
		}
	});
});
