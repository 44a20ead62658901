import { writeFile } from "node:fs/promises";
import { checkLength } from "@dinoseg/core/errors";
import type { RgbImage } from "@dinoseg/core/image";
import type { GreyImage } from "@dinoseg/core/result";
import sharp, { type Sharp } from "sharp";

/**
 * Encode a picture as PNG: 8-bit RGB, or 8-bit grey.
 *
 * The same picture gives the same bytes: no time, no software name, no profile is written.
 *
 * @throws DinosegError SHAPE_MISMATCH if the data does not fit the sides.
 */
export async function encodePng(image: RgbImage | GreyImage): Promise<Uint8Array> {
	const png = await pngPipeline("encodePng", image).toBuffer();
	return new Uint8Array(png.buffer, png.byteOffset, png.byteLength);
}

/**
 * Write the bytes of `encodePng` to a file as they are made: of a large photograph they can take as much memory as its
 * pixels.
 *
 * @param path overwritten.
 * @throws DinosegError SHAPE_MISMATCH if the data does not fit the sides; a system error if the file cannot be written.
 */
export async function writePng(image: RgbImage | GreyImage, path: string): Promise<void> {
	const pipeline = pngPipeline("writePng", image);
	try {
		await pipeline.toFile(path);
	} catch {
		// The encoder does not say why it could not write; the file system does, where it still cannot.
		await writeFile(path, await pipeline.toBuffer());
	}
}

/** Qualities of JPEGs, 1 to 100: colours of segments stay apart, photographs look as they are; hardly anything is lost. */
const [SHOWN_QUALITY, LEARNT_QUALITY] = [88, 95];

/**
 * Write a picture as JPEG, for people to look at; label maps do not survive it.
 *
 * @param path overwritten.
 * @throws DinosegError SHAPE_MISMATCH if the data does not fit the sides; a system error if the file cannot be written.
 */
export async function writeJpeg(image: RgbImage, path: string): Promise<void> {
	await writeFile(path, await jpegOf("writeJpeg", image, SHOWN_QUALITY));
}

/**
 * Encode a picture as JPEG that networks learn from: at high quality, with all of its colours.
 *
 * @throws DinosegError SHAPE_MISMATCH if the data does not fit the sides.
 */
export async function encodeJpeg(image: RgbImage): Promise<Uint8Array> {
	return jpegOf("encodeJpeg", image, LEARNT_QUALITY);
}

async function jpegOf(where: string, { data, width, height }: RgbImage, quality: number): Promise<Uint8Array> {
	checkLength(where, "image data (height, width, channels)", data, height, width, 3);
	const pipeline = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
	const jpeg = await pipeline.jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
	return new Uint8Array(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
}

function pngPipeline(where: string, image: RgbImage | GreyImage): Sharp {
	const { width, height } = image;
	const data = "grey" in image ? image.grey : image.data;
	const channels = "grey" in image ? 1 : 3;
	checkLength(where, "image data (height, width, channels)", data, height, width, channels);
	const pipeline = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
	return pipeline.toColourspace(channels === 1 ? "b-w" : "srgb").png({ compressionLevel: 2 });
}
