import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sniffImageFormat } from "@dinoseg/core/image";
import { describe, expect, it } from "vitest";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { readInput } from "../dist/image/read-input.js";
import { expectError } from "./support/expect-error.ts";
import { drawPixels, encoderFor, pngHeader } from "./support/make-image.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const MAX_PIXELS = 100_000_000;
const folder = useTemporaryFolder();
const noise = drawPixels(200, 150, 3, (x, y, channel) => (x * 7919 + y * 104_729 + x * y * 31 + channel * 77) % 251);

const decode = (name: string, bytes: Uint8Array, maxPixels = MAX_PIXELS) => decodeImage(bytes, { name, maxPixels });
const latin1 = (text: string) => Buffer.from(text.padEnd(64, "\0"), "latin1");

describe("damaged images", () => {
	const encoders = {
		"cut.jpg": () => encoderFor(noise).jpeg().toBuffer(),
		"cut-progressive.jpg": () => encoderFor(noise).jpeg({ progressive: true }).toBuffer(),
		"cut.png": () => encoderFor(noise).png().toBuffer(),
		"cut.webp": () => encoderFor(noise).webp().toBuffer(),
		"cut.tif": () => encoderFor(noise).tiff({ compression: "lzw" }).toBuffer(),
		"cut.gif": () => encoderFor(noise).gif().toBuffer(),
		"cut.avif": () => encoderFor(noise).avif({ effort: 0 }).toBuffer(),
	};

	it.each(Object.entries(encoders))("refuses %s, cut anywhere", async (name, encode) => {
		const bytes = await encode();
		for (const share of [0.02, 0.3, 0.6, 0.97]) {
			const cut = bytes.subarray(0, Math.max(40, Math.floor(bytes.length * share)));
			const error = await expectError(decode(name, cut), "IMAGE_CORRUPT");
			expect(error.message).toMatch(new RegExp(`^${name}: this \\w+ is damaged or incomplete \\(.+\\)\\. Copy`));
			expect(error.message).not.toContain("Input buffer");
		}
	});

	it("refuses a PNG with one wrong byte", async () => {
		const bytes = Buffer.from(await encoders["cut.png"]());
		bytes[Math.floor(bytes.length / 2)] ^= 0x55;
		await expectError(decode("flipped.png", bytes), "IMAGE_CORRUPT");
	});
});

describe("too many pixels", () => {
	it("refuses 60000 x 60000 pixels by the header alone", async () => {
		const error = await expectError(decode("bomb.png", pngHeader(60_000, 60_000)), "IMAGE_TOO_LARGE");
		expect(error.message).toContain("bomb.png: 60000 x 60000 = 3600000000 pixels, at most 100000000 are allowed.");
		expect(error.details).toMatchObject({ width: 60_000, height: 60_000, pixels: 3.6e9, maxPixels: MAX_PIXELS });
	});

	it("allows exactly the limit", async () => {
		const bytes = await encoderFor(noise).png().toBuffer();
		expect((await decode("a.png", bytes, 200 * 150)).image.width).toBe(200);
		await expectError(decode("a.png", bytes, 200 * 150 - 1), "IMAGE_TOO_LARGE");
	});

	it("refuses a limit that is no count", async () => {
		const bytes = await encoderFor(noise).png().toBuffer();
		await expectError(decode("a.png", bytes, 0), "OPTION_INVALID");
		await expectError(decode("a.png", bytes, Number.NaN), "OPTION_INVALID");
	});
});

describe("what is no supported image", () => {
	it.each([
		["SVG", latin1('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
		["SVG", Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="9" height="9"/>')],
		["SVG", Buffer.from("  \n<!-- a comment --><svg/>")],
		["PDF", latin1("%PDF-1.7\n")],
		["JPEG XL", latin1("\xff\x0a\xfa\x7f")],
		["JPEG XL", latin1("\0\0\0\x0cJXL \r\n\x87\n")],
		["JPEG 2000", latin1("\0\0\0\x0cjP  \r\n\x87\n")],
		["Photoshop (PSD)", latin1("8BPS\0\x01")],
		["ICO", latin1("\0\0\x01\0\x01\0")],
		["HTML page", latin1("<!DOCTYPE html><html>not found</html>")],
		["MP4 or QuickTime video", latin1("\0\0\0\x18ftypisom\0\0\0\0isomavc1")],
		["ZIP archive", latin1("PK\x03\x04")],
	])("names %s", async (title, bytes) => {
		expect(sniffImageFormat(bytes)).toEqual({ supported: false, title });
		const error = await expectError(decode("photo.jpg", bytes), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain(`photo.jpg: is ${title}`);
		expect(error.message).toContain("Supported are JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP, HEIC.");
		expect(error.message).toMatch(/save it as PNG or JPEG\.$/);
	});

	it.each([
		["text", Buffer.from("these are my notes\n")],
		["text that begins like a BMP", Buffer.from("BMW is a maker of cars\n")],
		["one byte", Uint8Array.of(0xff)],
		["half a signature", Uint8Array.of(0x89, 0x50, 0x4e)],
		["zeros", new Uint8Array(512)],
	])("refuses %s under an image's name", async (_what, bytes) => {
		const error = await expectError(decode("notes.png", bytes), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain("notes.png: the content is no known image format");
	});

	it("tells AVIF from HEIC when both brands are generic", () => {
		expect(sniffImageFormat(latin1("\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"))).toEqual({
			supported: true,
			format: "avif",
		});
	});

	it("finds the signature in a part of a larger buffer", () => {
		const buffer = Buffer.concat([Buffer.alloc(7), latin1("\0\0\0\x18ftypheic\0\0\0\0mif1heic")]);
		expect(sniffImageFormat(buffer.subarray(7))).toEqual({ supported: true, format: "heic" });
	});

	it("asks for values where black and white are not defined and nothing may be stretched", async () => {
		const data = new Float32Array(16).fill(0.5);
		const tiff = encodeTiff([{ width: 4, height: 4, channels: 1, data }]);
		const options = { name: "float.tif", maxPixels: MAX_PIXELS, stretch: "none" } as const;
		const error = await expectError(decodeImage(tiff, options), "IMAGE_UNSUPPORTED");
		expect(error.message).toMatch(/has 32-bit floats, whose black and white are not defined.*stretch be auto/);
	});

	it("refuses more channels than a picture has", async () => {
		const tiff = encodeTiff([{ width: 4, height: 4, channels: 5, data: new Uint8Array(80) }]);
		const error = await expectError(decode("stack.tif", tiff), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain("stack.tif: has 5 channels");
	});
});

describe("reading", () => {
	it("gives the bytes and their digest", async () => {
		const path = join(folder.path, "abc");
		await writeFile(path, "abc");
		const { bytes, sha256 } = await readInput(path);
		expect([...bytes]).toEqual([97, 98, 99]);
		expect(sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	});

	it("tells an absent file from an empty one and from a folder", async () => {
		const absent = join(folder.path, "absent.jpg");
		expect((await expectError(readInput(absent), "INPUT_NOT_FOUND")).message).toContain(absent);
		const empty = join(folder.path, "empty.jpg");
		await writeFile(empty, "");
		expect((await expectError(readInput(empty), "INPUT_EMPTY")).message).toContain(
			"empty.jpg: the file has zero bytes",
		);
		await expectError(readInput(join(empty, "inside.jpg")), "INPUT_NOT_FOUND");
		const directory = join(folder.path, "directory.jpg");
		await mkdir(directory);
		expect((await expectError(readInput(directory), "INPUT_UNREADABLE")).message).toContain("is a folder");
		await expectError(decode("empty.jpg", new Uint8Array()), "INPUT_EMPTY");
	});

	it.skipIf(process.platform === "win32")("does not read devices, which have no end", async () => {
		expect((await expectError(readInput("/dev/zero"), "INPUT_UNREADABLE")).message).toContain("no regular file");
	});
});
