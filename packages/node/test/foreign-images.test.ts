import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../dist/image/decode.js";
import { pixelAt } from "./support/make-image.ts";

/** Files of other projects, whose licences keep them out of this one. */
const folder = new URL("../../../../shared/foreign-images/", import.meta.url);

const decode = async (name: string) => decodeImage(await readFile(new URL(name, folder)), { name, maxPixels: 1e8 });

/** Means of red, green and blue, rounded. */
function meanColor({ data }: { readonly data: Uint8Array }): number[] {
	const sums = [0, 0, 0];
	for (let i = 0; i < data.length; i++) {
		sums[i % 3] += data[i];
	}
	return sums.map((sum) => Math.round((3 * sum) / data.length));
}

describe.skipIf(!existsSync(folder))("foreign images", () => {
	it.each([
		["floatingpoint-32bit.tif", [112, 97, 87]],
		["float32.tif", [128, 128, 128]],
		["earthlab.tif", [17, 17, 17]],
		["tiger-minisblack-float-strip-16.tif", [159, 159, 159]],
		["tiger-rgb-float-strip-planar-16.tif", [175, 157, 146]],
		["shapes_uncompressed_half.tif", [212, 220, 207]],
		["shapes_lzw_tiled_planar.tif", [213, 220, 207]],
		["cielab-dagams.tiff", [91, 113, 65]],
		["flower-ycbcr-contig-08.tif", [96, 96, 69]],
		["ycbcr_lzw_bt709.tif", [122, 120, 127]],
	])("%s is the picture", async (name, color) => {
		expect(meanColor((await decode(name)).image)).toEqual(color);
	});

	it("random-fp16.tiff has its half floats", async () => {
		const { image, stretch } = await decode("random-fp16.tiff");
		expect(stretch?.white).toBeCloseTo(1, 2);
		expect(new Set(image.data).size).toBeGreaterThan(100);
	});

	it.each([
		["rgb-nir-unspecified.tif", "BANDS_LEFT_OUT"],
		["extra_bits_rgb_8b.tiff", "BANDS_LEFT_OUT"],
		["shapes_multi_color.tif", "ANIMATION_FIRST_FRAME"],
		["colors_hdr_rec2020.avif", "HDR_NOT_TONE_MAPPED"],
	])("%s is read with the warning %s", async (name, code) => {
		expect((await decode(name)).warnings).toContainEqual(expect.objectContaining({ code }));
	});

	it("rgb-nir-unspecified.tif does not fade where its fourth band is low", async () => {
		expect(meanColor((await decode("rgb-nir-unspecified.tif")).image)).toEqual([98, 116, 134]);
		expect(meanColor((await decode("extra_bits_rgb_8b.tiff")).image)).toEqual([0, 0, 0]);
	});

	it("border_touching_layers.gif is white where its first frame leaves the canvas free", async () => {
		const { image } = await decode("border_touching_layers.gif");
		expect(pixelAt(image, 50, 0)).toEqual([255, 255, 255]);
		expect(pixelAt(image, 50, 99)).toEqual([255, 255, 255]);
		expect(pixelAt(image, 50, 50)).not.toEqual([255, 255, 255]);
	});

	it.each([
		["cmyk-3c-32b-float.tiff", /CMYK colours of 32-bit floats/],
		["ojpeg-tile.tif", /old-style JPEG/],
		["planar-yuv444-lzw.tif", /YCbCr colours in separate planes/],
		["shapes_lzw_12bps.tif", /12 bits per sample/],
		["hopper_lzma.tif", /LZMA/],
		["lab.tif", /CIELAB colours of 8 bits/],
		["off_l16.tif", /logarithms of luminance/],
		["colors-animated-8bpc.avif", /animated AVIF/],
	])("%s is refused for what it is, and not called damaged", async (name, reason) => {
		await expect(decode(name)).rejects.toMatchObject({
			code: "IMAGE_UNSUPPORTED",
			message: expect.stringMatching(reason),
		});
	});
});
