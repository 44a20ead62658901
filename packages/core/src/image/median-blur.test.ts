import { expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { loadPng } from "../../../../fixtures/load.ts";
import { medianBlur } from "./median-blur.ts";

const image = loadPng("reference/preproc/b_noisy.png");

it("equals cv2.medianBlur", () => {
	const blurred = medianBlur(kernels, image, { window: 7 });
	const expected = loadPng("reference/preproc/b_noisy_median7.png");
	expect(blurred.width).toBe(200);
	expect(blurred.height).toBe(151);
	expect(Buffer.compare(blurred.data, expected.data)).toBe(0);
});

it("returns the same image for window 0", () => {
	expect(medianBlur(kernels, image, { window: 0 })).toBe(image);
});

it.each([1, 2, 4, -3, 103, 5.5, Number.NaN])("rejects window %s", (window) => {
	expect(() => medianBlur(kernels, image, { window })).toThrow(
		expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("odd integer from 3 to 101") }),
	);
});

it("rejects pixels that do not fit the size", () => {
	const broken = { data: new Uint8Array(10), width: 2, height: 2 };
	expect(() => medianBlur(kernels, broken, { window: 3 })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
});
