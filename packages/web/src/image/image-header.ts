import { DinosegError } from "@dinoseg/core/errors";
import { checkPixelCount, type Dimensions, type ImageFormat, sniffImageFormat } from "@dinoseg/core/image";
import { imageSize } from "image-size";

/** The formats that browsers read, by their media types. */
const MEDIA_TYPES: Partial<Readonly<Record<ImageFormat, string>>> = {
	jpeg: "image/jpeg",
	png: "image/png",
	webp: "image/webp",
	gif: "image/gif",
	avif: "image/avif",
	bmp: "image/bmp",
};

/** Where the header of a PNG tells the bits of a sample. Source: https://www.w3.org/TR/png-3/#11IHDR */
const PNG_DEPTH_AT = 24;

/** Bytes in which the sides of a picture stand, whatever lies before them. */
const HEADER_BYTES = 2 ** 22;

/** What the first bytes of a file tell. */
export interface ImageHeader {
	readonly format: ImageFormat;
	readonly mediaType: string;
}

/**
 * Look at a file before the browser does.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE
 */
export function readImageHeader(bytes: Uint8Array, name: string, maxPixels: number): ImageHeader {
	if (bytes.length === 0) {
		throw new DinosegError("INPUT_EMPTY", `${name}: the file has zero bytes. Copy or download it again.`);
	}
	const sniffed = sniffImageFormat(bytes);
	if (!sniffed.supported) {
		throw notRead(name, sniffed.title === undefined ? "the content is no known image format" : `is ${sniffed.title}`);
	}
	const { format } = sniffed;
	const mediaType = MEDIA_TYPES[format];
	if (mediaType === undefined) {
		throw notRead(name, `is ${format.toUpperCase()}, which browsers do not read alike`, true);
	}
	if (format === "png" && bytes[PNG_DEPTH_AT] > 8) {
		throw notRead(name, `has ${bytes[PNG_DEPTH_AT]} bits a sample, of which browsers keep 8`, true);
	}
	const size = sizeOf(bytes.subarray(0, HEADER_BYTES));
	if (size !== undefined) {
		checkPixelCount(name, size, maxPixels);
	}
	return { format, mediaType };
}

/** @returns undefined of a header that is not understood: browsers read files that are not quite as they should be. */
function sizeOf(start: Uint8Array): Dimensions | undefined {
	try {
		return imageSize(start);
	} catch {
		return undefined;
	}
}

/** @param isReadElsewhere true if the command line reads it. */
function notRead(name: string, found: string, isReadElsewhere = false): DinosegError {
	const elsewhere = isReadElsewhere ? " The command line reads it: npx dinoseg FILE." : "";
	return new DinosegError(
		"IMAGE_UNSUPPORTED",
		`${name}: ${found}. Supported here are JPEG, PNG, WebP, GIF, AVIF and BMP with 8 bits a sample.${elsewhere} ` +
			"Or save it as PNG or JPEG in an image program.",
	);
}
