import type { BandsOption, StretchOption } from "@dinoseg/core/options";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeTiff, SHORT, type TiffPage } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { expectError } from "./support/expect-error.ts";
import { drawPixels, encoderFor, pixelAt } from "./support/make-image.ts";

const WIDTH = 9;
const HEIGHT = 7;

/** The sample of a band at a pixel, below 250 for twelve bands. */
const sampleOf = (pixel: number, band: number) => pixel * 3 + band * 5;

function satellite(channels: number, type: { new (length: number): TiffPage["data"] }, tags: TiffPage["tags"] = []) {
	const data = new type(WIDTH * HEIGHT * channels);
	for (let i = 0; i < data.length; i++) {
		data[i] = sampleOf(Math.floor(i / channels), i % channels);
	}
	return encodeTiff([{ width: WIDTH, height: HEIGHT, channels, data, tags }]);
}

const decode = (bytes: Uint8Array, bands?: BandsOption, stretch: StretchOption = "none") =>
	decodeImage(bytes, { name: "scene.tif", maxPixels: 1000, stretch, ...(bands ? { bands } : {}) });

function expected(bands: readonly number[]): Uint8Array {
	return Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) =>
		sampleOf(Math.floor(i / 3), bands[i % bands.length] - 1),
	);
}

describe("bands of a TIFF", () => {
	it.each<[channels: number, bands: Exclude<BandsOption, "auto">]>([
		[12, [4, 3, 2]],
		[12, [12]],
		[5, [1, 5, 1]],
		[4, [4, 1, 2]],
		[3, [2]],
		[2, [2]],
		[1, [1]],
	])("of %i takes %j", async (channels, bands) => {
		const { image, warnings } = await decode(satellite(channels, Uint8Array), bands);
		expect(image).toEqual({ data: expected(bands), width: WIDTH, height: HEIGHT });
		expect(warnings).toEqual([]);
	});

	it("stretches those that are looked at, and no others", async () => {
		const { image, stretch } = await decode(satellite(12, Uint16Array), [12, 11, 10], { low: 0, high: 100 });
		expect(stretch).toEqual({ black: sampleOf(0, 9), white: sampleOf(WIDTH * HEIGHT - 1, 11) });
		expect(pixelAt(image, WIDTH - 1, HEIGHT - 1)[0]).toBe(255);
		expect(pixelAt(image, 0, 0)[2]).toBe(0);
	});

	it("reads floats, turned as the file says", async () => {
		const clockwise = [{ tag: 274, type: SHORT, values: [6] }];
		const { image } = await decode(satellite(6, Float32Array, clockwise), [6, 1, 1], { black: 0, white: 255 });
		expect([image.width, image.height]).toEqual([HEIGHT, WIDTH]);
		expect(pixelAt(image, HEIGHT - 1, 0)).toEqual([sampleOf(0, 5), sampleOf(0, 0), sampleOf(0, 0)]);
	});

	it("that is missing is named, with how many there are", async () => {
		const error = await expectError(decode(satellite(5, Uint8Array), [6]), "OPTION_INVALID");
		expect(error.message).toContain("scene.tif: has 5 bands, and no band 6.");
	});

	it("are asked for where a file has more than a picture in colour", async () => {
		const error = await expectError(decode(satellite(7, Uint8Array)), "IMAGE_UNSUPPORTED");
		expect(error.message).toMatch(/scene\.tif: has 7 channels.*Name one of them or three with bands: 4,3,2\./);
	});

	it("are at most 1024", async () => {
		const error = await expectError(decode(satellite(1025, Uint8Array), [1]), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain("scene.tif: has 1025 bands, at most 1024 are read.");
	});

	it("are named where one beyond the colours is left out", async () => {
		const { warnings } = await decode(satellite(4, Uint8Array));
		expect(warnings).toEqual([
			{ code: "BANDS_LEFT_OUT", message: expect.stringContaining("The option bands (--bands 4,3,2) takes others.") },
		]);
	});
});

describe("bands of other pictures", () => {
	const pixels = drawPixels(6, 5, 3, (x, y, channel) => x * 30 + y * 4 + channel);

	it("are red, green and blue", async () => {
		const png = await encoderFor(pixels).png().toBuffer();
		const { image } = await decode(png, [3, 1, 1]);
		expect(pixelAt(image, 4, 2)).toEqual([130, 128, 128]);
		expect(pixelAt((await decode(png, [2])).image, 4, 2)).toEqual([129, 129, 129]);
		const error = await expectError(decode(png, [4, 3, 2]), "OPTION_INVALID");
		expect(error.message).toContain("has 3 bands, and no band 4");
	});

	it("are those of the converted picture where a TIFF holds CMYK", async () => {
		const red = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 220, g: 30, b: 30 } } });
		const bytes = await red.toColourspace("cmyk").tiff({ compression: "lzw" }).toBuffer();
		const [r] = pixelAt((await decode(bytes)).image, 4, 4);
		expect(pixelAt((await decode(bytes, [1])).image, 4, 4)).toEqual([r, r, r]);
	});
});
