import type { Warning } from "@dinoseg/core";
import {
	bandIndices,
	checkPixelCount,
	composeOverWhite,
	fillNoData,
	pickBands,
	type RgbImage,
	type StretchRange,
	stretch8Bits,
} from "@dinoseg/core/image";
import type { BandsOption, NoDataOption, StretchOption } from "@dinoseg/core/options";
import { openBmp } from "./bmp.ts";
import { orCorrupt } from "./decode-failures.ts";
import { hdrWarnings } from "./hdr.ts";
import { openHeic } from "./heic.ts";
import { convertToSrgb } from "./icc.ts";
import { findValid, noDataOf, noDataRule } from "./no-data.ts";

/** What opens the formats that the image library does not read. */
export const OPENERS = { bmp: openBmp, heic: openHeic } as const;

interface OpenedOptions {
	readonly name: string;
	readonly format: keyof typeof OPENERS;
	readonly maxPixels: number;
	readonly stretch: StretchOption;
	readonly bands: BandsOption;
	readonly nodata: NoDataOption;
}

/** A picture, and where it has data; see `DecodedFile`. */
interface OpenedImage {
	readonly image: RgbImage;
	readonly valid?: Uint8Array;
	readonly stretch?: StretchRange;
	readonly warnings: readonly Warning[];
}

/**
 * Decode a picture of a format that has its own decoder, once its sides are known and allowed.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE, OPTION_INVALID
 */
export async function decodeOpened(
	bytes: Uint8Array,
	{ name, format, maxPixels, stretch, bands, nodata }: OpenedOptions,
): Promise<OpenedImage> {
	const picture = await orCorrupt(name, format, () => OPENERS[format](bytes, name));
	try {
		const { width, height, profile, warnings } = picture;
		checkPixelCount(name, picture, maxPixels);
		const rgb = composeOverWhite(await orCorrupt(name, format, () => picture.read()), 4);
		const srgb = profile
			? await orCorrupt(name, format, () => convertToSrgb({ data: rgb, width, height }, profile))
			: rgb;
		const rule = noDataRule(nodata, undefined);
		const { data, ...stretched } = stretch8Bits(srgb, stretch, noDataOf(rule, srgb));
		const image = { data: pickBands(data, bands, name), width, height };
		const looked = bands === "auto" ? [0, 1, 2] : bandIndices(bands, 3, name);
		const valid = findValid(rule, srgb, 3, looked);
		if (valid) {
			fillNoData(image, valid, name);
		}
		return {
			image,
			...(valid ? { valid } : {}),
			...stretched,
			warnings: [...warnings, ...(format === "heic" ? hdrWarnings(bytes) : []), ...stretched.warnings],
		};
	} finally {
		picture.close();
	}
}
