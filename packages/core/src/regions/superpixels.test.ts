import { describe, expect, it } from "vitest";
import { DRAWN_PICTURES, drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { labOf, type RgbImage } from "../image/index.ts";
import { cutSuperpixels } from "./superpixels.ts";

const cut = (image: RgbImage) => cutSuperpixels(kernels, labOf(image));

/** An image repeated to a larger one. */
function tile({ data, width, height }: RgbImage, times: number): RgbImage {
	const wide = new Uint8Array(data.length * times * times);
	for (let y = 0; y < height * times; y++) {
		for (let x = 0; x < width * times; x++) {
			const from = 3 * ((y % height) * width + (x % width));
			wide.set(data.subarray(from, from + 3), 3 * (y * width * times + x));
		}
	}
	return { data: wide, width: width * times, height: height * times };
}

describe.each(Object.keys(DRAWN_PICTURES))("superpixels of %s", (name) => {
	it.each([1, 4])("are connected and numbered by their first pixel, the picture %d times as large", (times) => {
		const image = tile(drawnPicture(name), times);
		const { data, width, height, count } = cut(image);
		expect([width, height, data.length]).toEqual([image.width, image.height, image.width * image.height]);
		const parts = kernels.connectedRegions(data, width, height);
		// Parts are numbered by their first pixel too: as many of them in the same order means connected.
		expect(parts.count).toBe(count);
		expect(Uint16Array.from(parts.data)).toEqual(data);
		expect(count).toBeLessThanOrEqual(4096);
	});

	it("are no crumbs", () => {
		const { data, width, height, count } = cut(tile(drawnPicture(name), 4));
		const sizes = new Uint32Array(count);
		for (const superpixel of data) {
			sizes[superpixel]++;
		}
		// The very first has none before it that it could join.
		expect(Math.min(...sizes.subarray(1), width * height)).toBeGreaterThanOrEqual((width * height) / 1000 / 4);
	});
});

describe("superpixels", () => {
	it("of one colour are one", () => {
		expect(cut(drawnPicture("one colour"))).toEqual({ data: new Uint16Array(1200), width: 40, height: 30, count: 1 });
	});

	it("are about a thousand, whatever the sides", () => {
		for (const times of [3, 6]) {
			const { count } = cut(tile(drawnPicture("ramp"), times));
			expect(count).toBeGreaterThan(850);
			expect(count).toBeLessThan(1150);
		}
	});

	it("end where the colour changes", () => {
		const width = 200;
		const height = 150;
		const isLeft = (pixel: number) => (pixel % width) + Math.floor(pixel / width) / 3 < 110;
		const data = new Uint8Array(width * height * 3);
		for (let pixel = 0; pixel < width * height; pixel++) {
			data.set(isLeft(pixel) ? [60, 80, 60] : [120, 90, 60], 3 * pixel);
		}
		const superpixels = cut({ data, width, height });
		const sides = Array.from({ length: superpixels.count }, () => new Set<boolean>());
		superpixels.data.forEach((superpixel, pixel) => void sides[superpixel].add(isLeft(pixel)));
		expect(sides.filter(({ size }) => size > 1)).toEqual([]);
	});

	it("refuse a channel of another size", () => {
		const image = labOf(drawnPicture("ramp"));
		expect(() => cutSuperpixels(kernels, { ...image, width: 71 })).toThrow(
			/channel \(height, width\) must hold 50 x 71/,
		);
	});
});
