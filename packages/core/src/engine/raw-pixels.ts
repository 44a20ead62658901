import { DinosegError, optionName, pageMissing } from "../errors/index.ts";
import {
	bandIndices,
	composeOverWhite,
	fillNoData,
	pickBands,
	type RgbImage,
	repeatGrey,
	stretch8Bits,
	validPixels,
} from "../image/index.ts";
import type { RawPixels } from "./engine.ts";
import type { DecodedImage, DecodingOptions, Digest } from "./ports.ts";

/** Channels that pixels can have. */
const CHANNELS: readonly number[] = [1, 3, 4];

/** True for pixels, false for what a decoder has to read. */
export function isRawPixels(input: unknown): input is RawPixels {
	return typeof input === "object" && input !== null && "data" in input && "width" in input && "height" in input;
}

/**
 * Take raw pixels as a picture.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH, IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED, PAGE_NOT_FOUND
 */
export async function readRawPixels(
	pixels: RawPixels,
	{ bands, maxPixels, nodata, page, stretch }: DecodingOptions,
	digest: Digest,
): Promise<DecodedImage> {
	const { width, height, channels = pixels.data?.length / (width * height) } = pixels;
	const data = checkPixels(pixels, channels);
	if (page !== "first" && page > 1) {
		throw pageMissing("the picture", page, 1);
	}
	if (width * height > maxPixels) {
		throw new DinosegError(
			"IMAGE_TOO_LARGE",
			`The picture has ${width} x ${height} = ${width * height} pixels, at most ${maxPixels} are allowed. ` +
				`Raise ${optionName("maxPixels")} (memory grows with it) or shrink the image.`,
			{ details: { width, height, pixels: width * height, maxPixels } },
		);
	}
	const shape = new TextEncoder().encode(`pixels ${width} ${height} ${channels} ${await digest(data)}`);
	const name = "the picture";
	const rgb = toRgb(data, channels);
	const noData = typeof nodata === "number" ? nodata : undefined;
	const { data: stretched, ...stretching } = stretch8Bits(rgb, stretch, noData);
	const image = { data: pickBands(stretched, bands, name), width, height };
	const looked = bands === "auto" ? [0, 1, 2] : bandIndices(bands, 3, name);
	const valid = validPixels(rgb, 3, looked, noData);
	if (valid) {
		fillNoData(image, valid, name);
	}
	return {
		image,
		...(valid ? { valid } : {}),
		name,
		path: null,
		sha256: await digest(shape),
		...stretching,
	};
}

function checkPixels({ data, width, height }: RawPixels, channels: number): Uint8Array {
	for (const [name, side] of Object.entries({ width, height })) {
		if (!Number.isInteger(side) || side < 1) {
			throw new DinosegError(
				"OPTION_INVALID",
				`The ${name} of pixels must be an integer from 1 on, got ${String(side)}.`,
				{ details: { option: name, value: String(side) } },
			);
		}
	}
	if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
		throw new DinosegError(
			"OPTION_INVALID",
			"The data of pixels must be a Uint8Array or a Uint8ClampedArray: sRGB, 8 bits a channel.",
			{ details: { option: "data" } },
		);
	}
	if (!CHANNELS.includes(channels) || data.length !== width * height * channels) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`The pixels (height, width, channels) must be (${height}, ${width}, 1, 3 or 4), got ${data.length} values.`,
			{ details: { expected: [height, width, ...CHANNELS], actual: data.length } },
		);
	}
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** @returns memory of its own, shape (height, width, 3). */
function toRgb(data: Uint8Array, channels: number): RgbImage["data"] {
	if (channels === 4) {
		return composeOverWhite(data, 4);
	}
	return channels === 3 ? data.slice() : repeatGrey(data);
}
