import { optionName } from "@dinoseg/core/errors";
import {
	bandIndices,
	composeOverWhite,
	type ImageFormat,
	narrowTo8Bits,
	repeatGrey,
	type Samples,
	type Stretched,
	stretch8Bits,
	stretchRange,
	stretchSamples,
	unsupportedImage,
} from "@dinoseg/core/image";
import type { BandsOption, StretchOption } from "@dinoseg/core/options";
import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { orCorrupt } from "./decode-failures.ts";
import { whitenUncovered } from "./gif-frame.ts";
import { findValid, type NoDataRule, noDataOf } from "./no-data.ts";
import { turnUpright } from "./orientation.ts";
import type { FoundPage } from "./pages.ts";
import { colorBands, hasOtherBands, needsOwnReading, readTiffSamples, sampleType } from "./tiff-samples.ts";
import type { TiffTags } from "./tiff-tags.ts";

/** A file whose header was read and allowed. */
export interface CheckedFile {
	readonly bytes: Uint8Array;
	readonly name: string;
	readonly format: ImageFormat;
	readonly page: FoundPage;
	readonly metadata: Metadata;
	/** How its samples are stored, if it is a TIFF. */
	readonly tags: TiffTags | undefined;
	/** Stored bands that were asked for, 0-based; undefined where the picture in colour is taken. */
	readonly bands: readonly number[] | undefined;
	/** Bands that are asked for; of the picture in colour where `bands` are none. */
	readonly picked: BandsOption;
	/** What marks pixels without data. @default nothing does */
	readonly noData: NoDataRule | undefined;
}

/** Damage stops decoding; oddities that every viewer tolerates do not. The limits are checked here, not there. */
export const SHARP_OPTIONS: SharpOptions = { failOn: "error", limitInputPixels: false, limitInputChannels: false };

/** Pixels of 8 bits, shape (height, width, 3), upright, and which of them have data. */
interface DecodedSamples extends Stretched {
	/** Shape (height, width). @default every pixel has */
	readonly valid?: Uint8Array | undefined;
}

/**
 * Decode the pixels of a file, and stretch them.
 *
 * @throws DinosegError IMAGE_UNSUPPORTED, IMAGE_CORRUPT, OPTION_INVALID
 */
export async function decodeSamples(file: CheckedFile, stretch: StretchOption): Promise<DecodedSamples> {
	const { tags, noData } = file;
	const isStored = tags && (file.bands || needsOwnReading(tags));
	const decoded = await (isStored ? decodeTiff(file, tags, stretch) : decodePicture(file, stretch));
	return noData?.isStored && !isStored ? { ...decoded, valid: await readStoredValid(file) } : decoded;
}

async function decodePicture(file: CheckedFile, stretch: StretchOption): Promise<DecodedSamples> {
	const { format, metadata, bytes, page, noData } = file;
	if (metadata.depth === "ushort") {
		return decode16Bits(file, stretch);
	}
	const { buffer, channels } = await readRaw(file, "uchar", (image) => image.toColourspace("srgb"));
	const data = composeOverWhite(new Uint8Array(buffer), channels);
	if (format === "gif") {
		whitenUncovered(data, metadata.width, bytes, page.index);
	}
	return { ...stretch8Bits(data, stretch, noDataOf(noData, data)), valid: findValid(noData, data, 3, lookedAt(file)) };
}

/** The channels of a picture in colour that are looked at, 0-based. */
function lookedAt({ picked, name }: CheckedFile): readonly number[] {
	return picked === "auto" ? [0, 1, 2] : bandIndices(picked, 3, name);
}

/** Which pixels of a picture that was converted have data, as its stored samples tell it. Upright. */
async function readStoredValid({ bytes, name, format, page, metadata, tags, noData }: CheckedFile) {
	const stored = tags as TiffTags;
	const bands = colorBands(stored);
	const samples = await orCorrupt(name, format, () => readTiffSamples(bytes, page.index, stored, bands));
	const valid = findValid(noData, samples, bands.length, [...bands.keys()]);
	return valid && turnUpright(valid, uprightSides(metadata));
}

function uprightSides({ autoOrient, orientation = 1 }: Metadata) {
	return { orientation, ...autoOrient };
}

async function decode16Bits(file: CheckedFile, stretch: StretchOption): Promise<DecodedSamples> {
	const { noData } = file;
	// Behind an embedded profile, 16-bit colours are in Display P3 until a profile is asked for.
	const isP3 = file.metadata.hasProfile && file.metadata.space === "rgb16";
	const { buffer, channels } = await readRaw(file, "ushort", (image) =>
		(isP3 ? image.withIccProfile("srgb") : image).toColourspace("rgb16"),
	);
	const samples = new Uint16Array(buffer);
	const valid = findValid(noData, samples, channels, lookedAt(file));
	if (stretch === "none") {
		return { data: narrowTo8Bits(composeOverWhite(samples, channels)), valid, warnings: [] };
	}
	if (channels === 3) {
		return { ...stretchDeep(samples, stretch, noData), valid };
	}
	const range = stretchRange(visibleColors(samples), stretch, noDataOf(noData, samples));
	const stretched = stretchSamples(samples, range);
	for (let at = 3; at < samples.length; at += channels) {
		stretched[at] = Math.floor(samples[at] / 257 + 0.5);
	}
	return { data: composeOverWhite(stretched, channels), stretch: range, valid, warnings: [] };
}

/** The colours of those pixels that are not wholly transparent: what lies below them is nobody's picture. */
function visibleColors(rgba: Uint16Array): Uint16Array {
	const colors = new Uint16Array((rgba.length / 4) * 3);
	let end = 0;
	for (let at = 0; at < rgba.length; at += 4) {
		if (rgba[at + 3] > 0) {
			colors[end++] = rgba[at];
			colors[end++] = rgba[at + 1];
			colors[end++] = rgba[at + 2];
		}
	}
	return colors.subarray(0, end);
}

/** Samples that only we read as they are. */
async function decodeTiff(file: CheckedFile, tags: TiffTags, stretch: StretchOption): Promise<DecodedSamples> {
	const { bytes, name, format, metadata, page, noData } = file;
	const { bands = colorBands(tags) } = file;
	const samples = await orCorrupt(name, format, () => readTiffSamples(bytes, page.index, tags, bands));
	if (samples instanceof Float32Array && stretch === "none") {
		throw unsupportedImage(
			name,
			`has ${sampleType(tags)}, whose black and white are not defined`,
			`Let ${optionName("stretch")} be auto, or name the values that become black and white: 0..1.`,
		);
	}
	const { data, ...stretching } =
		samples instanceof Uint8Array
			? stretch8Bits(samples, stretch, noDataOf(noData, samples))
			: stretchDeep(samples, stretch, noData);
	const looked = file.bands || bands.length === 1 ? [...bands.keys()] : lookedAt(file);
	const valid = findValid(noData, samples, bands.length, looked);
	const rgb = bands.length === 1 ? repeatGrey(data) : data;
	const sides = uprightSides(metadata);
	return { data: turnUpright(rgb, sides), valid: valid && turnUpright(valid, sides), ...stretching };
}

function stretchDeep(
	samples: Exclude<Samples, Uint8Array>,
	stretch: StretchOption,
	noData: NoDataRule | undefined,
): Stretched {
	if (stretch === "none") {
		return { data: narrowTo8Bits(samples as Uint16Array), warnings: [] };
	}
	const range = stretchRange(samples, stretch, noDataOf(noData, samples));
	return { data: stretchSamples(samples, range), stretch: range, warnings: [] };
}

interface RawSamples {
	/** Holds exactly the samples, shape (height, width, channels). */
	readonly buffer: ArrayBuffer;
	readonly channels: number;
}

async function readRaw(
	file: CheckedFile,
	depth: "uchar" | "ushort",
	convert: (upright: Sharp) => Sharp,
): Promise<RawSamples> {
	const { data, info } = await orCorrupt(file.name, file.format, () =>
		convert(openUpright(file)).raw({ depth }).toBuffer({ resolveWithObject: true }),
	);
	// The library's own memory cannot change threads; what its `toUint8Array` copies (0.35.5) it never gives back.
	return { buffer: new Uint8Array(data).buffer, channels: info.channels };
}

function openUpright({ bytes, page, tags }: CheckedFile): Sharp {
	const image = sharp(bytes, { ...SHARP_OPTIONS, page: page.index }).autoOrient();
	return tags && hasOtherBands(tags) ? image.removeAlpha() : image;
}
