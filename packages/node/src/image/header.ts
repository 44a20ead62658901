import { corruptImage, type ImageFormat, sniffImageFormat, unsupportedImage } from "@dinoseg/core/image";
import sharp, { type Metadata } from "sharp";
import { orCorrupt } from "./decode-failures.ts";
import { SHARP_OPTIONS } from "./decode-samples.ts";
import { emptyInput } from "./read-input.ts";

/**
 * The format of a file, by its first bytes.
 *
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED
 */
export function checkFormat(bytes: Uint8Array, name: string): ImageFormat {
	if (bytes.length === 0) {
		throw emptyInput(name);
	}
	const sniffed = sniffImageFormat(bytes);
	if (!sniffed.supported) {
		const found = sniffed.title === undefined ? "the content is no known image format" : `is ${sniffed.title}`;
		throw unsupportedImage(
			name,
			`${found}, whatever its name says`,
			"Open it in an image program and save it as PNG or JPEG.",
		);
	}
	return sniffed.format;
}

/**
 * What the header of a page says.
 *
 * @param page as the image library counts, 0-based.
 * @throws DinosegError IMAGE_UNSUPPORTED, IMAGE_CORRUPT
 */
export async function readHeader(
	bytes: Uint8Array,
	name: string,
	format: ImageFormat,
	page: number,
): Promise<Metadata> {
	const metadata = await orCorrupt(name, format, () => sharp(bytes, { ...SHARP_OPTIONS, page }).metadata());
	if ((metadata.format === "heif" ? "avif" : metadata.format) !== format) {
		throw corruptImage(name, format, `it reads as ${metadata.format}`);
	}
	return metadata;
}
