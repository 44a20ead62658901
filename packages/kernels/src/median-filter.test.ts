import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../fixtures/load.ts";
import { noisePixels, sameBytes } from "../../../fixtures/noise.ts";
import type { Pixels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";

interface MedianCase {
	readonly src: string;
	readonly ksize: number;
	readonly dst: string;
}

const cases = loadJson<{ median: MedianCase[] }>("reference/preproc/preproc.json").median;

describe.each(backends)("medianFilter ($name)", (kernels) => {
	it.each(cases)("equals cv2.medianBlur: $dst", ({ src, ksize, dst }) => {
		const source = loadPng(`reference/preproc/${src}`);
		const expected = loadPng(`reference/preproc/${dst}`);
		const blurred = kernels.medianFilter(source.data, source.width, source.height, 3, ksize);
		expect(Buffer.compare(blurred, expected.data)).toBe(0);
	});

	it("equals sorting every window", () => {
		fc.assert(
			fc.property(pictures(), fc.integer({ min: 0, max: 8 }), ({ data, width, height, channels }, radius) => {
				const window = 2 * radius + 1;
				const expected = sortedMedian(data, width, height, channels, window);
				expect(kernels.medianFilter(data, width, height, channels, window)).toEqual(expected);
				const wide = Uint16Array.from(data, (value) => value * 257);
				const expectedWide = Uint16Array.from(expected, (value) => value * 257);
				expect(kernels.medianFilter(wide, width, height, channels, window)).toEqual(expectedWide);
			}),
			{ numRuns: isFull ? 150 : 50 },
		);
	});

	it("handles so many 16-bit labels that it works in strips", () => {
		const width = 211;
		const height = 40;
		const labels = new Uint16Array(width * height);
		for (let i = 0; i < labels.length; i++) {
			labels[i] = (Math.imul(i + 1, 40503) >>> 3) & 0xffff;
		}
		for (const window of [5, 9]) {
			expect(kernels.medianFilter(labels, width, height, 1, window)).toEqual(
				sortedMedian(labels, width, height, 1, window),
			);
		}
	});

	it("equals the reference at every width, number of channels and window", () => {
		const windows = [...Array.from({ length: 15 }, (_, i) => 2 * i + 3), 101, 255];
		fc.assert(
			fc.property(noisyPictures(), fc.constantFrom(...windows), (picture, window) => {
				const { data, width, height, channels } = picture;
				const expected = referenceKernels.medianFilter(data, width, height, channels, window);
				expect(kernels.medianFilter(data, width, height, channels, window)).toEqual(expected);
			}),
			{ numRuns: isFull ? 150 : 50 },
		);
	});

	it.each([
		// Rows so long that strips of rows are short, and that few levels need several strips of columns.
		{ width: 20_011, height: 7, channels: 3, wide: false, largest: 15, window: 3 },
		{ width: 20_011, height: 9, channels: 3, wide: true, largest: 255, window: 5 },
		{ width: 33_000, height: 5, channels: 1, wide: false, largest: 15, window: 15 },
		{ width: 33_000, height: 5, channels: 1, wide: true, largest: 3, window: 17 },
		{ width: 1_403, height: 9, channels: 4, wide: false, largest: 255, window: 7 },
		{ width: 1_403, height: 9, channels: 3, wide: true, largest: 255, window: 31 },
	])("equals the reference across strips: $width pixels, largest value $largest, window $window", (shape) => {
		const { width, height, channels, wide, largest, window } = shape;
		const data = noisePixels(wide, width * height * channels, largest, 1);
		const expected = referenceKernels.medianFilter(data, width, height, channels, window);
		expect(sameBytes(kernels.medianFilter(data, width, height, channels, window), expected)).toBe(true);
	});

	it("keeps its input and a flat picture", () => {
		const flat = new Uint8Array(30).fill(7);
		expect(kernels.medianFilter(flat, 5, 2, 3, 101)).toEqual(flat);
		const source = Uint8Array.of(1, 9, 4, 3, 2, 8);
		kernels.medianFilter(source, 3, 2, 1, 3);
		kernels.medianFilter(source, 3, 2, 1, 15);
		expect(source).toEqual(Uint8Array.of(1, 9, 4, 3, 2, 8));
	});

	it("removes a lone pixel and keeps a straight edge", () => {
		const width = 21;
		const source = new Uint8Array(width * width);
		source.fill(200, 0, width * 10);
		const edge = source.slice();
		source[15 * width + 15] = 255;
		for (const window of [3, 5, 9, 11]) {
			expect(kernels.medianFilter(source, width, width, 1, window)).toEqual(edge);
		}
	});
});

function noisyPictures() {
	return fc
		.record({
			width: fc.integer({ min: 1, max: 40 }),
			height: fc.integer({ min: 1, max: 20 }),
			channels: fc.integer({ min: 1, max: 4 }),
			wide: fc.boolean(),
			// Around the numbers of levels at which the algorithm changes.
			largest: fc.constantFrom(1, 7, 15, 16, 100, 255, 256, 65535),
			seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
		})
		.map(({ width, height, channels, wide, largest, seed }) => ({
			data: noisePixels(wide, width * height * channels, wide ? largest : Math.min(largest, 255), seed),
			width,
			height,
			channels,
		}));
}

function pictures() {
	return fc
		.record({
			width: fc.integer({ min: 1, max: 24 }),
			height: fc.integer({ min: 1, max: 12 }),
			channels: fc.constantFrom(1, 3),
			largest: fc.constantFrom(1, 3, 255),
		})
		.chain(({ width, height, channels, largest }) =>
			fc
				.uint8Array({ minLength: width * height * channels, maxLength: width * height * channels, max: largest })
				.map((data) => ({ data, width, height, channels })),
		);
}

function sortedMedian<T extends Pixels>(source: T, width: number, height: number, channels: number, window: number): T {
	const radius = window >> 1;
	const output = source.slice() as T;
	const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
	for (let i = 0; i < source.length; i++) {
		const channel = i % channels;
		const x = Math.floor(i / channels) % width;
		const y = Math.floor(i / channels / width);
		const values: number[] = [];
		for (let dy = -radius; dy <= radius; dy++) {
			for (let dx = -radius; dx <= radius; dx++) {
				values.push(source[(clamp(y + dy, height) * width + clamp(x + dx, width)) * channels + channel]);
			}
		}
		output[i] = values.sort((a, b) => a - b)[values.length >> 1];
	}
	return output;
}
