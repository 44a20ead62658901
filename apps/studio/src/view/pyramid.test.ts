import { halveImage, type RgbImage } from "@dinoseg/core/image";
import fc from "fast-check";
import { expect, it } from "vitest";
import { pyramidBands, pyramidLevels, type Raster } from "./pyramid.ts";

/** The levels put together, and what the pyramid returned. */
function collect(picture: Raster, bandPixels: number) {
	const levels = pyramidLevels(picture.width, picture.height).map(({ width, height }) => ({
		width,
		height,
		data: new Uint8Array(width * height * picture.channels),
	}));
	const bands = pyramidBands(picture, bandPixels);
	for (let step = bands.next(); ; step = bands.next()) {
		if (step.done) {
			return { levels, smallest: step.value };
		}
		const { level, y, rows } = step.value;
		levels[level].data.set(rows.data, y * rows.width * picture.channels);
	}
}

it("each level is the half of the one before, whatever the bands", () => {
	const side = fc.integer({ min: 1, max: 700 });
	fc.assert(
		fc.property(side, side, fc.integer({ min: 1, max: 100_000 }), (width, height, bandPixels) => {
			const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 2654435761) >>> 24);
			const { levels, smallest } = collect({ data, width, height, channels: 3 }, bandPixels);
			let expected: RgbImage = { data, width, height };
			for (const [index, level] of levels.entries()) {
				expected = index === 0 ? expected : halveImage(expected);
				expect([level.width, level.height]).toEqual([expected.width, expected.height]);
				expect(Buffer.compare(level.data, expected.data)).toBe(0);
			}
			expect(Buffer.compare(smallest.data, expected.data)).toBe(0);
			expect(Math.max(smallest.width, smallest.height)).toBeLessThanOrEqual(256);
		}),
		{ numRuns: 20 },
	);
});

it("grey pictures are halved alike", () => {
	const data = Uint8Array.from({ length: 301 * 3 }, (_, index) => index & 255);
	const grey = collect({ data, width: 301, height: 3, channels: 1 }, 301);
	expect(grey.smallest.width).toBe(151);
	expect([...grey.smallest.data.subarray(0, 2)]).toEqual([(0 + 1 + 45 + 46 + 2) >> 2, (2 + 3 + 47 + 48 + 2) >> 2]);
});
