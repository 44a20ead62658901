import { checkLength, type RgbImage } from "@dinoseg/core";
import sharp from "sharp";

/** One channel, 8 bits. */
export interface GreyImage {
	/** Shape (height, width), row-major. */
	readonly grey: Uint8Array;
	readonly width: number;
	readonly height: number;
}

/**
 * Encode a picture as PNG: 8-bit RGB, or 8-bit grey.
 *
 * The same picture gives the same bytes: no time, no software name, no profile is written.
 *
 * @throws DinosegError SHAPE_MISMATCH if the data does not fit the sides.
 */
export async function encodePng(image: RgbImage | GreyImage): Promise<Uint8Array> {
	const { width, height } = image;
	const data = "grey" in image ? image.grey : image.data;
	const channels = "grey" in image ? 1 : 3;
	checkLength("encodePng", "image data (height, width, channels)", data, height, width, channels);
	const pipeline = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
	const png = await pipeline
		.toColourspace(channels === 1 ? "b-w" : "srgb")
		.png({ compressionLevel: 2 })
		.toBuffer();
	return new Uint8Array(png.buffer, png.byteOffset, png.byteLength);
}
