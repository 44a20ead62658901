import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { decodeImage } from "../dist/image/decode.js";
import { encodePng, writeJpeg, writePng } from "../dist/image/encode.js";
import { expectError } from "./support/expect-error.ts";
import { drawPixels } from "./support/make-image.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const folder = useTemporaryFolder();

it("encodes RGB that decodes to the same pixels, in the same bytes each time", async () => {
	const { data } = drawPixels(33, 21, 3, (x, y, channel) => (x * y + channel * 99) % 256);
	const image = { data: Uint8Array.from(data), width: 33, height: 21 };
	const png = await encodePng(image);
	expect(await encodePng(image)).toEqual(png);
	expect((await decodeImage(png, { name: "a.png", maxPixels: 1000 })).image).toEqual(image);
	expect(chunkNames(png)).toEqual(["IHDR", "pHYs", "IDAT", "IEND"]);
});

it("encodes grey as one channel of 8 bits", async () => {
	const { data } = drawPixels(16, 16, 1, (x, y) => y * 16 + x);
	const png = await encodePng({ grey: Uint8Array.from(data), width: 16, height: 16 });
	expect(await sharp(png).metadata()).toMatchObject({ channels: 1, depth: "uchar", space: "b-w" });
	expect(new Uint8Array(await sharp(png).toColourspace("b-w").raw().toBuffer())).toEqual(data);
	expect(chunkNames(png)).toEqual(["IHDR", "pHYs", "IDAT", "IEND"]);
});

it("writes the same bytes to a file, and says why it cannot", async () => {
	const { data } = drawPixels(33, 21, 3, (x, y, channel) => (x + y * channel) % 256);
	const image = { data: Uint8Array.from(data), width: 33, height: 21 };
	const path = join(folder.path, "a.tmp");
	await writePng(image, path);
	expect(new Uint8Array(await readFile(path))).toEqual(await encodePng(image));
	await expect(writePng(image, join(folder.path, "absent", "a.png"))).rejects.toMatchObject({ code: "ENOENT" });
	await expect(writePng(image, folder.path)).rejects.toMatchObject({ code: "EISDIR" });
});

it("writes a JPEG that looks like the picture, colours included, and says why it cannot", async () => {
	const { data } = drawPixels(64, 48, 3, (x, y, channel) => [x * 4, y * 5, x < 32 ? 40 : 220][channel]);
	const image = { data: Uint8Array.from(data), width: 64, height: 48 };
	const path = join(folder.path, "a.jpg");
	await writeJpeg(image, path);
	const { image: decoded, format } = await decodeImage(await readFile(path), { name: path, maxPixels: 10_000 });
	expect([format, decoded.width, decoded.height]).toEqual(["jpeg", 64, 48]);
	const error = decoded.data.reduce((sum, value, at) => sum + Math.abs(value - image.data[at]), 0);
	expect(error / image.data.length).toBeLessThan(4);
	await expect(writeJpeg(image, join(folder.path, "absent", "a.jpg"))).rejects.toMatchObject({ code: "ENOENT" });
	await expectError(writeJpeg({ ...image, height: 47 }, path), "SHAPE_MISMATCH");
});

it("refuses data that does not fit the sides", async () => {
	await expectError(encodePng({ data: new Uint8Array(11), width: 2, height: 2 }), "SHAPE_MISMATCH");
	await expectError(writePng({ data: new Uint8Array(11), width: 2, height: 2 }, folder.path), "SHAPE_MISMATCH");
	await expectError(encodePng({ grey: new Uint8Array(12), width: 2, height: 2 }), "SHAPE_MISMATCH");
});

function chunkNames(png: Uint8Array): string[] {
	const bytes = Buffer.from(png);
	const names: string[] = [];
	for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
		names.push(bytes.toString("latin1", at + 4, at + 8));
	}
	return [...new Set(names)];
}
