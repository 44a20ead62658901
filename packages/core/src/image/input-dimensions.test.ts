import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputDimensions } from "./input-dimensions.ts";

const size = (width: number, height: number) => ({ width, height });

describe("a longer side", () => {
	it.each([
		[size(640, 480), 518, size(518, 392)],
		[size(480, 640), 518, size(392, 518)],
		[size(481, 321), 518, size(518, 350)],
		[size(100, 100), 518, size(518, 518)],
		[size(1, 1), 518, size(518, 518)],
		[size(20000, 10), 518, size(518, 14)],
		[size(10, 20000), 518, size(14, 518)],
		[size(640, 480), 500, size(504, 378)],
		[size(640, 480), 14, size(14, 14)],
	])("%o at %i gives %o", (image, inputSize, expected) => {
		expect(inputDimensions(image, inputSize, 14)).toEqual(expected);
	});

	it("keeps the aspect to half a patch on multiples of the patch", () => {
		const side = fc.integer({ min: 1, max: 20000 });
		fc.assert(
			fc.property(
				side,
				side,
				fc.integer({ min: 16, max: 4096 }),
				fc.constantFrom(8, 14, 16),
				(w, h, inputSize, patch) => {
					const { width, height } = inputDimensions(size(w, h), inputSize, patch);
					const scale = inputSize / Math.max(w, h);
					for (const [input, exact] of [
						[width, w * scale],
						[height, h * scale],
					]) {
						expect(input % patch).toBe(0);
						expect(input).toBeGreaterThanOrEqual(patch);
						const largest = Math.floor(4096 / patch) * patch;
						const possible = Math.min(Math.max(exact, patch), largest);
						expect(Math.abs(input - possible)).toBeLessThanOrEqual(patch / 2 + 1e-9);
					}
				},
			),
		);
	});

	it.each([4095, 4096])("of %d stays within what the network may be given", (inputSize) => {
		expect(inputDimensions(size(640, 480), inputSize, 14)).toEqual(size(4088, 3066));
	});

	it.each([13, 4097, 100.5, Number.NaN, 0, -14])("rejects %s", (inputSize) => {
		expect(() => inputDimensions(size(640, 480), inputSize, 14)).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("from 14 to 4096") }),
		);
	});
});

describe("an exact size", () => {
	it("is taken as it is", () => {
		expect(inputDimensions(size(640, 480), size(224, 336), 14)).toEqual(size(224, 336));
	});

	it.each([
		[size(500, 300), "504x294"],
		[size(224, 10), "224x14"],
		[size(224, 9999), "224x4088"],
		[size(224.5, 224), "224x224"],
		[size(-5, Number.NaN), "14x14"],
	])("%o is rejected and %s proposed", (inputSize, nearest) => {
		expect(() => inputDimensions(size(640, 480), inputSize, 14)).toThrow(
			expect.objectContaining({
				code: "OPTION_INVALID",
				message: expect.stringContaining(`nearest allowed size is ${nearest}`),
			}),
		);
	});
});
