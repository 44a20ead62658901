import { expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { loadPng } from "../../../../fixtures/load.ts";
import { resizeImage } from "./resize.ts";

it("equals Pillow", () => {
	const resized = resizeImage(kernels, loadPng("reference/preproc/c_clean.png"), { width: 126, height: 182 });
	expect(resized).toMatchObject({ width: 126, height: 182 });
	expect(Buffer.compare(resized.data, loadPng("reference/preproc/c_126x182_pil_bicubic.png").data)).toBe(0);
});

it.each([
	{ width: 0, height: 14 },
	{ width: 14, height: 1.5 },
	{ width: 2 ** 17, height: 14 },
])("rejects $width x $height", (size) => {
	const image = { data: new Uint8Array(3), width: 1, height: 1 };
	expect(() => resizeImage(kernels, image, size)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
});
