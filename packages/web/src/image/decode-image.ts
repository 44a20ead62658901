import type { Warning } from "@dinoseg/core";
import type { DecodedPixels, DecodingOptions } from "@dinoseg/core/engine";
import { isDinosegError, optionName, pageMissing } from "@dinoseg/core/errors";
import {
	bandIndices,
	corruptImage,
	fillNoData,
	pickBands,
	type RgbImage,
	stretch8Bits,
	validPixels,
} from "@dinoseg/core/image";
import { openFrames } from "./frames.ts";
import { type ImageHeader, readImageHeader } from "./image-header.ts";
import { readPixels } from "./read-pixels.ts";

/** The formats whose files can hold several pictures. */
const FRAMED = ["gif", "webp", "avif"];

/**
 * Decode an image file to 8-bit sRGB by what the browser has.
 *
 * Convention: EXIF orientation applied; embedded profiles converted to sRGB; grey repeated to three channels; alpha over
 * white. Other decoders than those of the command line: pixels of a JPEG may differ by some levels. Frames are told apart
 * where the browser has `ImageDecoder`; elsewhere the first is taken, without a warning.
 *
 * @param bytes a whole file. Not modified.
 * @param name  of the file in messages.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE, PAGE_NOT_FOUND, OPTION_INVALID
 */
export async function decodeImage(
	bytes: Uint8Array,
	name: string,
	{ bands, maxPixels, nodata, page, stretch }: DecodingOptions,
): Promise<DecodedPixels> {
	const header = readImageHeader(bytes, name, maxPixels);
	const {
		image: rgb,
		number,
		count,
	} = await readFrame(bytes, name, { ...header, maxPixels }, page === "first" ? 1 : page);
	// No format that browsers read says which value is no data.
	const noData = typeof nodata === "number" ? nodata : undefined;
	const { data, ...stretched } = stretch8Bits(rgb.data, stretch, noData);
	const image = { ...rgb, data: pickBands(data, bands, name) };
	const looked = bands === "auto" ? [0, 1, 2] : bandIndices(bands, 3, name);
	const valid = noData === undefined ? undefined : validPixels(rgb.data, 3, looked, noData);
	if (valid) {
		fillNoData(image, valid, name);
	}
	return {
		image,
		...(count > 1 ? { page: number } : {}),
		...(valid ? { valid } : {}),
		...stretched,
		warnings: [...(page === "first" && count > 1 ? [framesLeft(count)] : []), ...stretched.warnings],
	};
}

async function readFrame(
	bytes: Uint8Array,
	name: string,
	{ format, mediaType, maxPixels }: ImageHeader & Pick<DecodingOptions, "maxPixels">,
	number: number,
): Promise<{ readonly image: RgbImage; readonly number: number; readonly count: number }> {
	const frames = FRAMED.includes(format) ? await openFrames(bytes, mediaType) : undefined;
	const count = frames?.count ?? 1;
	try {
		if (number > count) {
			throw pageMissing(name, number, count);
		}
		const picture =
			number > 1 && frames
				? await frames.read(number)
				: await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaType }));
		try {
			return { image: readPixels(picture, name, maxPixels), number, count };
		} finally {
			picture.close();
		}
	} catch (cause) {
		throw isDinosegError(cause) ? cause : corruptImage(name, format, "the browser cannot decode it", cause);
	} finally {
		frames?.close();
	}
}

function framesLeft(count: number): Warning {
	return {
		code: "ANIMATION_FIRST_FRAME",
		message: `The file has ${count} frames; only the first is used. ${optionName("page")} takes others.`,
	};
}
