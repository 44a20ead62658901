import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../fixtures/load.ts";
import type { Pixels } from "./kernels.ts";

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
			{ numRuns: 150 },
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
