import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../fixtures/load.ts";
import { noisePixels, sameBytes } from "../../../fixtures/noise.ts";
import type { Pixels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";

interface ModeCase {
	readonly src: string;
	readonly op: string;
	readonly ksize: number;
	readonly labels: number;
	readonly dst: string;
}

const cases = loadJson<ModeCase[]>("reference/post/post.json").filter(({ op }) => op === "mode");

describe.each(backends)("majorityFilter ($name)", (kernels) => {
	it.each(cases)("equals the reference: $dst", ({ src, ksize, labels, dst }) => {
		const source = loadPng(`reference/post/${src}`);
		const expected = loadPng(`reference/post/${dst}`);
		const filtered = kernels.majorityFilter(source.data, source.width, source.height, labels, ksize);
		expect(Buffer.compare(filtered, expected.data)).toBe(0);
	});

	it("equals counting every window", () => {
		fc.assert(
			fc.property(labelMaps(), fc.integer({ min: 0, max: 8 }), ({ data, width, height, count }, radius) => {
				const window = 2 * radius + 1;
				const expected = countedMode(data, width, height, window);
				expect(kernels.majorityFilter(data, width, height, count, window)).toEqual(expected);
				const wide = Uint16Array.from(data, (value) => value * 257);
				const expectedWide = Uint16Array.from(expected, (value) => value * 257);
				expect(kernels.majorityFilter(wide, width, height, 65536, window)).toEqual(expectedWide);
			}),
			{ numRuns: isFull ? 150 : 50 },
		);
	});

	it("equals the reference at every width, number of labels and window", () => {
		const windows = [...Array.from({ length: 15 }, (_, i) => 2 * i + 3), 101, 255];
		fc.assert(
			fc.property(noisyMaps(), fc.constantFrom(...windows), ({ data, width, height, labelCount }, window) => {
				const expected = referenceKernels.majorityFilter(data, width, height, labelCount, window);
				expect(kernels.majorityFilter(data, width, height, labelCount, window)).toEqual(expected);
			}),
			{ numRuns: isFull ? 150 : 50 },
		);
	});

	it.each([
		{ width: 33_000, height: 5, wide: true, labelCount: 8, window: 31 },
		{ width: 2_500, height: 9, wide: false, labelCount: 256, window: 9 },
		{ width: 900, height: 9, wide: true, labelCount: 65535, window: 5 },
	])("equals the reference across strips: $width pixels, $labelCount labels", (shape) => {
		const { width, height, wide, labelCount, window } = shape;
		const data = noisePixels(wide, width * height, labelCount - 1, 1);
		const expected = referenceKernels.majorityFilter(data, width, height, labelCount, window);
		expect(sameBytes(kernels.majorityFilter(data, width, height, labelCount, window), expected)).toBe(true);
	});

	it("gives a tie to the lowest label", () => {
		expect(kernels.majorityFilter(Uint8Array.of(5, 2, 4), 3, 1, 6, 3)).toEqual(Uint8Array.of(5, 2, 4));
		expect(kernels.majorityFilter(Uint8Array.of(5, 4, 2, 2, 3), 5, 1, 6, 5)[1]).toBe(2);
		expect(kernels.majorityFilter(Uint8Array.of(3, 1, 0), 3, 1, 4, 3)[1]).toBe(0);
	});

	it("keeps its input and a flat map", () => {
		const flat = new Uint16Array(12).fill(65534);
		expect(kernels.majorityFilter(flat, 4, 3, 65535, 255)).toEqual(flat);
		const source = Uint8Array.of(0, 1, 0, 1, 1, 0);
		kernels.majorityFilter(source, 3, 2, 2, 3);
		expect(source).toEqual(Uint8Array.of(0, 1, 0, 1, 1, 0));
	});
});

function noisyMaps() {
	return fc
		.record({
			width: fc.integer({ min: 1, max: 40 }),
			height: fc.integer({ min: 1, max: 20 }),
			wide: fc.boolean(),
			// Around the numbers of labels at which the algorithm changes.
			labels: fc.constantFrom(2, 3, 16, 17, 40, 256, 257, 65535),
			seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
		})
		.map(({ width, height, wide, labels, seed }) => {
			const labelCount = wide ? labels : Math.min(labels, 256);
			return { data: noisePixels(wide, width * height, labelCount - 1, seed), width, height, labelCount };
		});
}

function labelMaps() {
	return fc
		.record({
			width: fc.integer({ min: 1, max: 20 }),
			height: fc.integer({ min: 1, max: 12 }),
			count: fc.constantFrom(1, 2, 3, 8, 256),
		})
		.chain(({ width, height, count }) =>
			fc
				.uint8Array({ minLength: width * height, maxLength: width * height, max: count - 1 })
				.map((data) => ({ data, width, height, count })),
		);
}

function countedMode(labels: Pixels, width: number, height: number, window: number): Uint8Array {
	const radius = window >> 1;
	const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
	return Uint8Array.from(labels, (_, i) => {
		const counts = new Uint32Array(256);
		for (let dy = -radius; dy <= radius; dy++) {
			for (let dx = -radius; dx <= radius; dx++) {
				const row = clamp(Math.floor(i / width) + dy, height) * width;
				counts[labels[row + clamp((i % width) + dx, width)]]++;
			}
		}
		return counts.indexOf(Math.max(...counts));
	});
}
