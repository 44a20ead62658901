import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../fixtures/load.ts";
import { noisePixels, sameBytes } from "../../../fixtures/noise.ts";
import { referenceKernels } from "./reference/index.ts";

interface ResizeCase {
	readonly src: string;
	readonly width: number;
	readonly height: number;
	readonly method: string;
	readonly dst: string;
}

const cases = loadJson<{ resize: ResizeCase[] }>("reference/preproc/preproc.json").resize.filter(
	({ method }) => method === "pil_bicubic",
);

describe.each(backends)("resizeBicubic ($name)", (kernels) => {
	it.each(cases)("equals Pillow: $dst", ({ src, width, height, dst }) => {
		const source = loadPng(`reference/preproc/${src}`);
		const expected = loadPng(`reference/preproc/${dst}`);
		const resized = kernels.resizeBicubic(source.data, source.width, source.height, 3, width, height);
		expect(Buffer.compare(resized, expected.data)).toBe(0);
	});

	it("equals Pillow on the inputs of the end-to-end references", () => {
		for (const [photo, window, input] of [
			["a_noisy", 5, "mlp_a_224x336_k5"],
			["b_noisy", 3, "reg_b_280x210_k4"],
		] as const) {
			const source = loadPng(`reference/preproc/${photo}.png`);
			const expected = loadPng(`reference/e2e/${input}_input.png`);
			const blurred = kernels.medianFilter(source.data, source.width, source.height, 3, window);
			const resized = kernels.resizeBicubic(blurred, source.width, source.height, 3, expected.width, expected.height);
			expect(Buffer.compare(resized, expected.data)).toBe(0);
		}
	});

	it("returns a copy when the size stays", () => {
		const source = Uint8Array.of(1, 2, 3, 4, 5, 6);
		const copy = kernels.resizeBicubic(source, 2, 1, 3, 2, 1);
		expect(copy).toEqual(source);
		expect(copy).not.toBe(source);
	});

	it("keeps a flat picture at every size", () => {
		const side = fc.integer({ min: 1, max: 40 });
		fc.assert(
			fc.property(
				side,
				side,
				side,
				side,
				fc.integer({ min: 0, max: 255 }),
				(width, height, toWidth, toHeight, value) => {
					const source = new Uint8Array(width * height * 3).fill(value);
					const resized = kernels.resizeBicubic(source, width, height, 3, toWidth, toHeight);
					expect(resized).toEqual(new Uint8Array(toWidth * toHeight * 3).fill(value));
				},
			),
		);
	});

	it("commutes with mirroring and treats channels alike", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 60, maxLength: 60 }),
				fc.integer({ min: 1, max: 25 }),
				fc.integer({ min: 1, max: 25 }),
				(source, width, height) => {
					const resized = kernels.resizeBicubic(source, 10, 6, 1, width, height);
					const mirrored = kernels.resizeBicubic(source.toReversed(), 10, 6, 1, width, height);
					expect(mirrored).toEqual(resized.toReversed());
					const repeated = Uint8Array.from({ length: 180 }, (_, i) => source[Math.floor(i / 3)]);
					const colored = kernels.resizeBicubic(repeated, 10, 6, 3, width, height);
					expect(colored).toEqual(
						Uint8Array.from({ length: resized.length * 3 }, (_, i) => resized[Math.floor(i / 3)]),
					);
				},
			),
		);
	});

	it("equals the reference at every size and number of channels", () => {
		const side = fc.integer({ min: 1, max: 60 });
		const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
		fc.assert(
			fc.property(side, side, fc.integer({ min: 1, max: 5 }), side, side, seed, (width, height, channels, ...rest) => {
				const [toWidth, toHeight, start] = rest;
				const source = noisePixels(false, width * height * channels, 255, start) as Uint8Array;
				const expected = referenceKernels.resizeBicubic(source, width, height, channels, toWidth, toHeight);
				expect(kernels.resizeBicubic(source, width, height, channels, toWidth, toHeight)).toEqual(expected);
			}),
			{ numRuns: isFull ? 200 : 66 },
		);
	});

	it.each([
		[20_011, 31, 518, 14],
		[301, 200, 20_000, 23],
		[40_000, 23, 40_000, 11],
	])("equals the reference across strips: %d x %d to %d x %d", (width, height, toWidth, toHeight) => {
		// Of 0 and 255, so that sums overshoot on both sides.
		const source = (noisePixels(false, width * height * 3, 1, 2) as Uint8Array).map((bit) => 255 * bit);
		const expected = referenceKernels.resizeBicubic(source, width, height, 3, toWidth, toHeight);
		expect(sameBytes(kernels.resizeBicubic(source, width, height, 3, toWidth, toHeight), expected)).toBe(true);
	});

	it("handles one pixel and extreme shapes", () => {
		expect(kernels.resizeBicubic(Uint8Array.of(9), 1, 1, 1, 14, 28)).toEqual(new Uint8Array(14 * 28).fill(9));
		const strip = new Uint8Array(20000 * 10 * 3).fill(77);
		expect(kernels.resizeBicubic(strip, 20000, 10, 3, 518, 14)).toEqual(new Uint8Array(518 * 14 * 3).fill(77));
	});
});
