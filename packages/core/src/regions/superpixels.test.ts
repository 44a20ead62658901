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

function sizesOf(data: Uint16Array, count: number): Uint32Array {
	const sizes = new Uint32Array(count);
	for (const superpixel of data) {
		sizes[superpixel]++;
	}
	return sizes;
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

	it("are neither crumbs nor much larger than usual", () => {
		const { data, width, height, count } = cut(tile(drawnPicture(name), 4));
		if (count > 1) {
			const sizes = sizesOf(data, count);
			const usual = (width * height) / 1000;
			expect(Math.min(...sizes)).toBeGreaterThanOrEqual(usual / 4.5);
			expect(Math.max(...sizes)).toBeLessThan(8 * usual);
		}
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

	it.each([
		[20_000, 1],
		[1, 20_000],
		[100_000, 4],
		[37, 11],
	])("are neither one nor too many of a picture of %d x %d", (width, height) => {
		const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.floor(i / 3) % 16 < 8 ? 40 : 200));
		const { count } = cut({ data, width, height });
		expect(count).toBeGreaterThan(Math.min(200, (width * height) / 8));
		expect(count).toBeLessThanOrEqual(4096);
	});

	it("do not reach across an edge between two textures", () => {
		const [width, height] = [300, 300];
		let state = 1;
		const data = new Uint8Array(width * height * 3);
		for (let pixel = 0; pixel < width * height; pixel++) {
			state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
			data[3 * pixel + (pixel % width < 150 ? 0 : 2)] = 100 + (state >>> 25);
		}
		const { data: found, count } = cut({ data, width, height });
		const left = new Uint32Array(count);
		found.forEach((superpixel, pixel) => {
			left[superpixel] += pixel % width < 150 ? 1 : 0;
		});
		const sizes = sizesOf(found, count);
		const wrong = left.reduce((sum, pixels, superpixel) => sum + Math.min(pixels, sizes[superpixel] - pixels), 0);
		expect(wrong / (width * height)).toBeLessThan(0.01);
	});

	it("refuse a channel of another size", () => {
		const image = labOf(drawnPicture("ramp"));
		expect(() => cutSuperpixels(kernels, { ...image, width: 71 })).toThrow(
			/channel \(height, width\) must hold 50 x 71/,
		);
	});
});
