import { type Samples, validPixels } from "@dinoseg/core/image";
import type { NoDataOption } from "@dinoseg/core/options";
import { hasStoredBands, noDataValue } from "./tiff-samples.ts";
import { COMPRESSION, PHOTOMETRIC, type TiffTags } from "./tiff-tags.ts";

/** What marks the pixels of a picture that have no data. */
export interface NoDataRule {
	/** Value as it stands in the file. @default there is none, and NaN alone has no data */
	readonly value: number | undefined;
	/** How the samples are stored, if the picture is one of a TIFF. */
	readonly tags: TiffTags | undefined;
	/** True if the stored samples tell it, not those of the picture in colour. */
	readonly isStored: boolean;
}

/**
 * What marks pixels without data: what an option says, else the file. Of colours that are no grey or RGB the file says it
 * of other samples than those of the picture: only of YCbCr it is taken.
 *
 * @returns undefined if no pixel is to be left out.
 */
export function noDataRule(option: NoDataOption, tags: TiffTags | undefined): NoDataRule | undefined {
	if (option === "none") {
		return undefined;
	}
	const isPlain = tags !== undefined && (hasStoredBands(tags) || tags.photometric === PHOTOMETRIC.yCbCr);
	const value = option === "auto" ? (isPlain ? tags.noData : undefined) : option;
	const isStored =
		tags !== undefined && value !== undefined && hasStoredBands(tags) && tags.compression !== COMPRESSION.webP;
	return { value, tags, isStored };
}

/** The value that marks samples as they were read. */
export function noDataOf(rule: NoDataRule | undefined, samples: Samples): number | undefined {
	if (rule?.value === undefined) {
		return undefined;
	}
	return rule.tags ? noDataValue(rule.value, rule.tags, samples) : rule.value;
}

/**
 * Which pixels have data.
 *
 * @param samples  shape (height, width, channels). Not modified.
 * @param bands    channels that are looked at, 0-based.
 * @returns shape (height, width); undefined if every pixel has data.
 */
export function findValid(
	rule: NoDataRule | undefined,
	samples: Samples,
	channels: number,
	bands: readonly number[],
): Uint8Array | undefined {
	return rule && validPixels(samples, channels, bands, noDataOf(rule, samples));
}
