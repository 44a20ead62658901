import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StretchOption } from "@dinoseg/core/options";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ASCII, encodeTiff, SHORT } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { readInput } from "../dist/image/read-input.js";
import { drawPixels, encoderFor, pixelAt } from "./support/make-image.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const MAX_PIXELS = 100_000_000;
const folder = useTemporaryFolder();

/** Through a real file, as users decode. */
async function decodeFile(name: string, bytes: Uint8Array, stretch?: StretchOption) {
	const path = join(folder.path, name);
	await writeFile(path, bytes);
	const input = await readInput(path);
	return decodeImage(input.bytes, { name, maxPixels: MAX_PIXELS, ...(stretch ? { stretch } : {}) });
}

const ramp = (width: number, height: number) =>
	drawPixels(width, height, 3, (x, y, channel) => (x * 7 + y * 13 + channel * 50) % 256);

describe("formats", () => {
	const pixels = ramp(21, 17);
	it.each([
		["png", "png"],
		["tiff", "tiff"],
		["webp", "webp"],
		["jpg", "jpeg"],
		["avif", "avif"],
	])("decodes .%s", async (extension, format) => {
		const encoder = encoderFor(pixels);
		const encoders: Record<string, () => Promise<Buffer>> = {
			png: () => encoder.png().toBuffer(),
			tiff: () => encoder.tiff({ compression: "lzw" }).toBuffer(),
			webp: () => encoder.webp({ lossless: true }).toBuffer(),
			jpg: () => encoder.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(),
			avif: () => encoder.avif({ quality: 90, effort: 0, chromaSubsampling: "4:4:4" }).toBuffer(),
		};
		const decoded = await decodeFile(`photo.${extension}`, await encoders[extension]());
		expect(decoded).toMatchObject({ format, warnings: [], image: { width: 21, height: 17 } });
		const lossless = format !== "jpeg" && format !== "avif";
		if (lossless) {
			expect(decoded.image.data).toEqual(pixels.data);
		} else {
			const error = decoded.image.data.reduce((sum, value, i) => sum + Math.abs(value - pixels.data[i]), 0);
			expect(error / pixels.data.length).toBeLessThan(12);
		}
	});

	it("believes the content, not the name", async () => {
		const decoded = await decodeFile("really-a-png.jpg", await encoderFor(pixels).png().toBuffer());
		expect(decoded.format).toBe("png");
	});

	it.each([
		[1, 1],
		[14, 14],
		[20_000, 10],
	])("decodes %i x %i pixels", async (width, height) => {
		const pixels = ramp(width, height);
		const { image } = await decodeFile(`${width}.png`, await encoderFor(pixels).png().toBuffer());
		expect(image).toMatchObject({ width, height });
		expect(Buffer.compare(image.data, pixels.data as Uint8Array)).toBe(0);
	});

	it("gives the caller memory of its own", async () => {
		const bytes = await encoderFor(pixels).png().toBuffer();
		const before = Uint8Array.from(bytes);
		const [first, second] = [await decodeFile("a.png", bytes), await decodeFile("a.png", bytes)];
		first.image.data.fill(0);
		expect(second.image.data).toEqual(pixels.data);
		expect(Uint8Array.from(bytes)).toEqual(before);
	});
});

describe("several pictures in one file", () => {
	const frames = ["red", "lime", "blue"].map((background) =>
		sharp({ create: { width: 8, height: 6, channels: 3, background } })
			.png()
			.toBuffer(),
	);

	it.each(["gif", "webp"] as const)("takes the first frame of an animated %s, with a warning", async (format) => {
		const animation = sharp(await Promise.all(frames), { join: { animated: true } });
		const bytes = await (format === "gif" ? animation.gif() : animation.webp({ lossless: true })).toBuffer();
		const { image, warnings } = await decodeFile(`clip.${format}`, bytes);
		expect(image).toMatchObject({ width: 8, height: 6 });
		expect(pixelAt(image, 4, 3)).toEqual([255, 0, 0]);
		expect(warnings).toEqual([
			{ code: "ANIMATION_FIRST_FRAME", message: expect.stringContaining("has 3 frames; only the first") },
		]);
	});

	it("does not warn about a GIF of one frame", async () => {
		const bytes = await sharp(await frames[1])
			.gif()
			.toBuffer();
		const { image, warnings } = await decodeFile("still.gif", bytes);
		expect(pixelAt(image, 0, 0)).toEqual([0, 255, 0]);
		expect(warnings).toEqual([]);
	});

	it("takes the first page of a TIFF, with a warning", async () => {
		const page = (value: number) =>
			({ width: 5, height: 4, channels: 1, data: new Uint8Array(20).fill(value) }) as const;
		const { image, warnings } = await decodeFile("stack.tif", encodeTiff([page(9), page(200)]));
		expect(pixelAt(image, 4, 3)).toEqual([9, 9, 9]);
		expect(warnings).toEqual([
			{ code: "ANIMATION_FIRST_FRAME", message: expect.stringContaining("has 2 pages; only the first") },
		]);
	});
});

describe("EXIF orientation", () => {
	/** Where the pixel of the upright picture (3 wide, 2 high) comes from in the stored one, by orientation. */
	const stored: Record<number, (x: number, y: number) => [x: number, y: number]> = {
		1: (x, y) => [x, y],
		2: (x, y) => [2 - x, y],
		3: (x, y) => [2 - x, 1 - y],
		4: (x, y) => [x, 1 - y],
		5: (x, y) => [y, x],
		6: (x, y) => [y, 2 - x],
		7: (x, y) => [1 - y, 2 - x],
		8: (x, y) => [1 - y, x],
	};

	it.each(Object.keys(stored).map(Number))("turns orientation %i upright", async (orientation) => {
		const upright = drawPixels(3, 2, 3, (x, y, channel) => 10 + 80 * x + 40 * y + channel);
		const [width, height] = orientation >= 5 ? [2, 3] : [3, 2];
		const data = new Uint8Array(18);
		for (let y = 0; y < 2; y++) {
			for (let x = 0; x < 3; x++) {
				const [fromX, fromY] = stored[orientation](x, y);
				const pixel = upright.data.subarray((y * 3 + x) * 3, (y * 3 + x) * 3 + 3);
				data.set(pixel, (fromY * width + fromX) * 3);
			}
		}
		const encoder = encoderFor({ data, width, height, channels: 3 }).withMetadata({ orientation });
		for (const bytes of [
			await encoder.clone().png().toBuffer(),
			await encoder.clone().tiff({ compression: "lzw" }).toBuffer(),
		]) {
			const { image } = await decodeFile("turned", bytes);
			expect(image).toEqual({ data: upright.data, width: 3, height: 2 });
		}
		const jpeg = await encoder.clone().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
		const { image } = await decodeFile("turned.jpg", jpeg);
		expect(image).toMatchObject({ width: 3, height: 2 });
		image.data.forEach((value, i) => {
			expect(Math.abs(value - upright.data[i])).toBeLessThanOrEqual(6);
		});
	});
});

describe("colour", () => {
	it("converts an embedded profile to sRGB", async () => {
		const pixels = drawPixels(4, 4, 3, (_x, _y, channel) => [200, 60, 60][channel]);
		// The same numbers mean a stronger red in Display P3 than in sRGB.
		const p3 = await encoderFor(pixels).png().withIccProfile("p3").toBuffer();
		const reinterpreted = await decodeFile("p3.png", p3);
		pixelAt(reinterpreted.image, 1, 1).forEach((value, channel) => {
			expect(Math.abs(value - [200, 60, 60][channel])).toBeLessThanOrEqual(1);
		});
		const swapped = await sharp(pixels.data, { raw: { width: 4, height: 4, channels: 3 } })
			.png()
			.toBuffer()
			.then((png) => embedProfile(png, p3));
		const [red, green, blue] = pixelAt((await decodeFile("swapped.png", swapped)).image, 1, 1);
		expect(red).toBeGreaterThan(210);
		expect(green).toBeLessThan(50);
		expect(blue).toBeLessThan(58);
	});

	it("converts an embedded profile of a 16-bit picture to sRGB", async () => {
		const pixels = drawPixels(4, 4, 3, (_x, _y, channel) => [200, 60, 60][channel] * 257, 16);
		const plain = await encoderFor(pixels).png().toBuffer();
		expect(pixelAt((await decodeFile("plain16.png", plain, "none")).image, 1, 1)).toEqual([200, 60, 60]);
		const p3 = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
			.withIccProfile("p3")
			.png()
			.toBuffer();
		const [red, green, blue] = pixelAt((await decodeFile("p3.png", embedProfile(plain, p3), "none")).image, 1, 1);
		expect(red).toBeGreaterThan(210);
		expect(green).toBeLessThan(50);
		expect(blue).toBeLessThan(58);
	});

	it("leaves sRGB alone where the file says that it is sRGB", async () => {
		const pixels = ramp(16, 16);
		const { image } = await decodeFile("srgb.png", await encoderFor(pixels).withIccProfile("srgb").png().toBuffer());
		expect(image.data).toEqual(pixels.data);
	});

	it.each(["with", "without"])("converts CMYK %s profile", async (profile) => {
		const red = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 220, g: 30, b: 30 } } });
		const bytes = await (profile === "with" ? red.withIccProfile("cmyk") : red.toColourspace("cmyk")).jpeg().toBuffer();
		const { space, hasProfile } = await sharp(bytes).metadata();
		expect({ space, hasProfile }).toEqual({ space: "cmyk", hasProfile: profile === "with" });
		const { image } = await decodeFile("cmyk.jpg", bytes);
		const [r, g, b] = pixelAt(image, 4, 4);
		expect(r).toBeGreaterThan(180);
		expect(g).toBeLessThan(80);
		expect(b).toBeLessThan(80);
	});

	it("repeats grey to three channels", async () => {
		const grey = drawPixels(6, 5, 1, (x, y) => x * 40 + y);
		const expected = drawPixels(6, 5, 3, (x, y) => x * 40 + y);
		const { image } = await decodeFile("grey.png", await encoderFor(grey).png().toBuffer());
		expect(image.data).toEqual(expected.data);
	});
});

/** Put the ICC profile of one PNG into another as it lies, without converting any pixel. */
function embedProfile(png: Uint8Array, donor: Uint8Array): Uint8Array {
	const at = Buffer.from(donor).indexOf("iCCP", 0, "latin1") - 4;
	const chunk = donor.subarray(at, at + 12 + new DataView(donor.buffer, donor.byteOffset).getUint32(at));
	const afterHeader = 33;
	return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

describe("alpha over white", () => {
	const over = (colour: number, alpha: number, white: number) =>
		Math.floor((colour * alpha + white * (white - alpha)) / white + 0.5);

	it("composes RGBA", async () => {
		const rgba = drawPixels(16, 16, 4, (x, y, channel) => (channel === 3 ? x * 17 : (y * 16 + channel * 60) % 256));
		const expected = drawPixels(16, 16, 3, (x, y, channel) => over((y * 16 + channel * 60) % 256, x * 17, 255));
		const { image } = await decodeFile("rgba.png", await encoderFor(rgba).png().toBuffer());
		expect(image.data).toEqual(expected.data);
	});

	it("composes a palette with transparent entries", async () => {
		const rgba = drawPixels(4, 1, 4, (x, _y, channel) => [x * 80, 0, 255, [255, 0, 128, 255][x]][channel]);
		const bytes = await encoderFor(rgba).png({ palette: true, colours: 8, dither: 0 }).toBuffer();
		expect((await sharp(bytes).metadata()).isPalette).toBe(true);
		const { image } = await decodeFile("palette.png", bytes);
		expect(pixelAt(image, 1, 0)).toEqual([255, 255, 255]);
		expect(pixelAt(image, 3, 0)[2]).toBeGreaterThan(250);
		expect(pixelAt(image, 2, 0)[1]).toBeGreaterThan(120);
	});

	it("composes grey and alpha of 8 and 16 bits", async () => {
		const shallow = drawPixels(8, 8, 2, (x, y, channel) => (channel === 1 ? x * 36 : y * 30));
		const expected = drawPixels(8, 8, 3, (x, y) => over(y * 30, x * 36, 255));
		const { image } = await decodeFile("la.png", await encoderFor(shallow).png().toBuffer());
		expect(image.data).toEqual(expected.data);

		const deep = drawPixels(8, 8, 2, (x, y, channel) => (channel === 1 ? x * 9000 : y * 8191), 16);
		const expectedDeep = drawPixels(8, 8, 3, (x, y) => Math.floor(over(y * 8191, x * 9000, 65535) / 257 + 0.5));
		const decoded = await decodeFile("la16.png", await encoderFor(deep).png().toBuffer(), "none");
		expect(decoded.image.data).toEqual(expectedDeep.data);
		expect(pixelAt(decoded.image, 0, 7)).toEqual([255, 255, 255]);
	});
});

describe("depth", () => {
	it.each([1, 3] as const)("narrows 16-bit TIFFs of %i channels by 257, rounded", async (channels) => {
		const sample = (x: number, y: number, channel: number) => (x * 4099 + y * 257 + channel * 129 + 128) % 65536;
		const pixels = drawPixels(16, 16, channels, sample, 16);
		const expected = drawPixels(16, 16, 3, (x, y, channel) =>
			Math.floor(sample(x, y, channels === 1 ? 0 : channel) / 257 + 0.5),
		);
		const data = pixels.data as Uint16Array;
		const { image } = await decodeFile("deep.tif", encodeTiff([{ width: 16, height: 16, channels, data }]), "none");
		expect(image.data).toEqual(expected.data);
	});

	it("stretches 16-bit samples before they are narrowed", async () => {
		// A camera of 12 bits fills a sixteenth of the range: narrowing first would leave 16 grey levels.
		const data = Uint16Array.from({ length: 4096 }, (_, i) => i);
		const tiff = encodeTiff([{ width: 64, height: 64, channels: 1, data }]);
		const { image } = await decodeFile("microscope.tif", tiff, { low: 0, high: 100 });
		expect(pixelAt(image, 0, 0)).toEqual([0, 0, 0]);
		expect(pixelAt(image, 63, 63)).toEqual([255, 255, 255]);
		expect(new Set(image.data).size).toBe(256);
	});

	it("stretches what is above 8 bits by itself, and says to what", async () => {
		// A microscope that counts from 300 to 4000.
		const data = Uint16Array.from({ length: 4096 }, (_, i) => 300 + (i * 3700) / 4095);
		const tiff = encodeTiff([{ width: 64, height: 64, channels: 1, data }]);
		const { image, stretch } = await decodeFile("cells.tif", tiff);
		expect(stretch?.black).toBeCloseTo(303, 0);
		expect(stretch?.white).toBeCloseTo(3996, 0);
		expect(new Set(image.data).size).toBe(256);
		expect(await decodeFile("cells.tif", tiff, { black: 300, white: 4000 })).toMatchObject({
			stretch: { black: 300, white: 4000 },
		});
		expect((await decodeFile("cells.tif", tiff, "none")).stretch).toBeUndefined();
	});

	it("stretches what is seen, and not what is transparent", async () => {
		const value = (x: number, channel: number) => [1000 + x * 10, 1000, 1000, 65535][channel];
		const deep = drawPixels(32, 32, 4, (x, y, channel) => (y < 8 ? 0 : value(x, channel)), 16);
		const { image, stretch } = await decodeFile("holes.png", await encoderFor(deep).png().toBuffer());
		expect(stretch).toEqual({ black: 1000, white: 1310 });
		expect(pixelAt(image, 5, 0)).toEqual([255, 255, 255]);
		expect(pixelAt(image, 31, 20)).toEqual([255, 0, 0]);
	});

	it.each([
		["16 bits", Uint16Array, 0, "0"],
		["floats", Float32Array, -9999, "-9999"],
		["signed 16 bits", Int16Array, -9999, "-9999.0"],
	])("stretches %s by what was measured, and not by what the file calls no data", async (_what, type, value, text) => {
		const data = new type(64 * 64);
		for (let i = 0; i < data.length; i++) {
			data[i] = i % 2 === 0 ? value : 1000 + (i % 64);
		}
		const values = [...`${text}\0`].map((character) => character.charCodeAt(0));
		const tags = [{ tag: 42113, type: ASCII, values }];
		const page = { width: 64, height: 64, channels: 1, data } as const;
		const { image, stretch } = await decodeFile("scene.tif", encodeTiff([{ ...page, tags }]));
		expect(stretch).toEqual({ black: 1001, white: 1063 });
		// The mean of 0 to 255 in 32 even steps.
		expect(pixelAt(image, 0, 0)).toEqual([128, 128, 128]);
		expect((await decodeFile("scene.tif", encodeTiff([page]))).stretch?.black).toBe(value);
	});

	it("reads signed samples, turned as the file says", async () => {
		const data = Int16Array.of(-5, -4, -3, -2, -1, 0);
		const clockwise = [{ tag: 274, type: SHORT, values: [6] }];
		const tiff = encodeTiff([{ width: 3, height: 2, channels: 1, data, tags: clockwise }]);
		const { image } = await decodeFile("signed.tif", tiff, { black: -5, white: 0 });
		expect([image.width, image.height]).toEqual([2, 3]);
		expect(Array.from({ length: 6 }, (_, i) => image.data[3 * i])).toEqual([153, 0, 204, 51, 255, 102]);
	});

	it("maps float samples by their percentiles", async () => {
		const data = Float32Array.from({ length: 256 }, (_, i) => -3 + i / 1000);
		const tiff = encodeTiff([{ width: 16, height: 16, channels: 1, data }]);
		const { image } = await decodeFile("float.tif", tiff, { low: 0, high: 100 });
		image.data.forEach((value, i) => {
			expect(Math.abs(value - Math.floor(i / 3))).toBeLessThanOrEqual(1);
		});
		const colours = Float32Array.from({ length: 48 }, (_, i) => i / 100);
		const rgb = await decodeFile("rgb.tif", encodeTiff([{ width: 4, height: 4, channels: 3, data: colours }]), {
			low: 0,
			high: 100,
		});
		rgb.image.data.forEach((value, i) => {
			expect(Math.abs(value - (255 * i) / 47)).toBeLessThanOrEqual(1);
		});
	});

	it("finds the percentiles of floats as sorting would, whatever lies outside them", async () => {
		const data = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 50);
		data.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, -1e30]);
		const finite = [...data].filter(Number.isFinite);
		const sorted = Float32Array.from(finite).sort();
		const at = (percent: number) => {
			const position = (percent / 100) * (sorted.length - 1);
			const rank = Math.floor(position);
			return sorted[rank] + (sorted[rank + 1] - sorted[rank]) * (position - rank);
		};
		const [black, white] = [at(2.5), at(97)];
		const tiff = encodeTiff([{ width: 20, height: 20, channels: 1, data }]);
		const { image } = await decodeFile("hot-pixels.tif", tiff, { low: 2.5, high: 97 });
		data.forEach((value, i) => {
			const share = Math.min(Math.max((value - black) / (white - black), 0), 1);
			// NaN has no data, and gets the mean of all else.
			expect(Number.isNaN(value) || Math.abs(image.data[3 * i] - 255 * share) <= 0.50001).toBe(true);
		});
	});

	it("reads AVIFs of 10 bits", async () => {
		const white = drawPixels(16, 16, 3, () => 65535, 16);
		const bytes = await encoderFor(white).avif({ bitdepth: 10, effort: 0 }).toBuffer();
		const { image } = await decodeFile("deep.avif", bytes);
		expect(pixelAt(image, 8, 8)).toEqual([255, 255, 255]);
	});
});
