import type { Warning } from "@dinoseg/core";
import { checkInteger, DinosegError, optionName } from "@dinoseg/core/errors";
import {
	composeOverWhite,
	narrowTo8Bits,
	type RgbImage,
	type StretchOptions,
	stretchContrast,
} from "@dinoseg/core/image";
import type { Georeference } from "@dinoseg/core/labels";
import { MAX_PIXELS, type StretchOption } from "@dinoseg/core/options";
import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { IMAGE_FORMATS, type ImageFormat, supportedFormatsText } from "./formats.ts";
import { type GeoreferenceReading, readGeoreference } from "./read-georeference.ts";
import { emptyInput } from "./read-input.ts";
import { sniffImageFormat } from "./sniff.ts";
import { stretchFloats } from "./stretch-floats.ts";

export interface DecodeOptions {
	/** Name of the input in messages: its path, as the user wrote it. */
	readonly name: string;
	/** Pixels above which the image is refused, before anything is decoded. */
	readonly maxPixels: number;
	/** Percentiles of the samples that become black and white. @default "none" */
	readonly stretch?: StretchOption;
}

export interface DecodedFile {
	/** sRGB, 8 bits, upright. */
	readonly image: RgbImage;
	readonly format: ImageFormat;
	/** Where the upright pixels of a GeoTIFF lie. @default on no map that the file names */
	readonly georeference?: Georeference;
	readonly warnings: readonly Warning[];
}

/** A file whose header was read and allowed. */
interface CheckedFile {
	readonly bytes: Uint8Array;
	readonly name: string;
	readonly format: ImageFormat;
	readonly metadata: Metadata;
}

/** Damage stops decoding; oddities that every viewer tolerates do not. The pixel limit is checked here, not there. */
const SHARP_OPTIONS: SharpOptions = { failOn: "error", limitInputPixels: false };

/** Sample types without a defined black and white. */
const UNBOUNDED_DEPTHS: ReadonlySet<string> = new Set(["float", "uint", "int"]);

/** Red, green, blue and alpha; or cyan, magenta, yellow, black and alpha. */
const MAX_CHANNELS = 4;
const MAX_CMYK_CHANNELS = 5;

/**
 * Decode an image file to 8-bit sRGB.
 *
 * Convention: EXIF orientation applied; embedded profiles and CMYK converted to sRGB (perceptual intent; the profile
 * of a 16-bit grey picture is not used); grey repeated to three channels; a fourth channel is alpha, over white; 16
 * bits to 8 by `round(v / 257)`. `stretch` works on the samples at their own depth. TIFFs of 32-bit samples have no
 * defined black and white: they need `stretch`, and lose any alpha. Of animations and multi-page files the first
 * picture is taken, with a warning. A place on the map that cannot be read from a GeoTIFF is a warning too.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE, OPTION_INVALID
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedFile> {
	const { name, maxPixels, stretch = "none" } = options;
	checkInteger("decodeImage", "maxPixels", maxPixels, MAX_PIXELS);
	const format = checkFormat(bytes, name);
	const metadata = await readHeader(bytes, name, format);
	const { width, height } = metadata.autoOrient;
	if (width * height > maxPixels) {
		throw new DinosegError(
			"IMAGE_TOO_LARGE",
			`${name}: ${width} x ${height} = ${width * height} pixels, at most ${maxPixels} are allowed. ` +
				`Raise ${optionName("maxPixels")} (memory grows with it) or shrink the image.`,
			{ details: { width, height, pixels: width * height, maxPixels } },
		);
	}
	checkChannels(metadata, name);
	const data = await decodeSamples({ bytes, name, format, metadata }, stretch);
	const { georeference, warnings } = await placeOnMap({ bytes, name, format, metadata });
	return {
		image: { data, width, height },
		format,
		...(georeference ? { georeference } : {}),
		warnings: [...pageWarnings(metadata, format), ...warnings],
	};
}

async function placeOnMap({ bytes, format, metadata }: CheckedFile): Promise<GeoreferenceReading> {
	const { autoOrient, orientation = 1 } = metadata;
	return format === "tiff" ? readGeoreference(bytes, { orientation, ...autoOrient }) : { warnings: [] };
}

function checkFormat(bytes: Uint8Array, name: string): ImageFormat {
	if (bytes.length === 0) {
		throw emptyInput(name);
	}
	const sniffed = sniffImageFormat(bytes);
	if (!sniffed.supported) {
		const found = sniffed.title === undefined ? "the content is no known image format" : `is ${sniffed.title}`;
		throw unsupported(
			name,
			`${found}, whatever its name says`,
			"Open it in an image program and save it as PNG or JPEG.",
		);
	}
	return sniffed.format;
}

async function readHeader(bytes: Uint8Array, name: string, format: ImageFormat): Promise<Metadata> {
	const metadata = await orCorrupt(name, format, () => sharp(bytes, SHARP_OPTIONS).metadata());
	if ((metadata.format === "heif" ? "avif" : metadata.format) !== format) {
		throw corrupt(name, format, `it reads as ${metadata.format}`);
	}
	return metadata;
}

function checkChannels({ space, channels }: Metadata, name: string): void {
	if (space === "multiband" || channels > (space === "cmyk" ? MAX_CMYK_CHANNELS : MAX_CHANNELS)) {
		throw unsupported(
			name,
			`has ${channels} channels, which are no picture in colour`,
			"Save the channels of interest as grey or RGB.",
		);
	}
}

/** @returns shape (height, width, 3), upright. */
async function decodeSamples(file: CheckedFile, stretch: StretchOption): Promise<Uint8Array> {
	const { name, metadata } = file;
	const { depth } = metadata;
	if (depth === "uchar") {
		return decode8Bits(file, stretch);
	}
	if (depth === "ushort") {
		return decode16Bits(file, stretch);
	}
	if (!UNBOUNDED_DEPTHS.has(depth)) {
		throw unsupported(name, `has samples of type ${depth}`, "Save it with 8 or 16 bits per channel, unsigned.");
	}
	if (stretch === "none") {
		throw unsupported(
			name,
			`has samples of type ${depth}, whose black and white are not defined`,
			`Give ${optionName("stretch")} the percentiles 0,100, or save it with 8 or 16 bits per channel.`,
		);
	}
	return decode32Bits(file, stretch);
}

async function decode8Bits(file: CheckedFile, stretch: StretchOption): Promise<Uint8Array> {
	const { buffer, channels } = await readRaw(file, "uchar", (image) => image.toColourspace("srgb"));
	const data = composeOverWhite(new Uint8Array(buffer), channels);
	return stretch === "none" ? data : stretchContrast(data, stretch);
}

async function decode16Bits(file: CheckedFile, stretch: StretchOption): Promise<Uint8Array> {
	// Behind an embedded profile, 16-bit colours are in Display P3 until a profile is asked for.
	const isP3 = file.metadata.hasProfile && file.metadata.space === "rgb16";
	const { buffer, channels } = await readRaw(file, "ushort", (image) =>
		(isP3 ? image.withIccProfile("srgb") : image).toColourspace("rgb16"),
	);
	const data = composeOverWhite(new Uint16Array(buffer), channels);
	return stretch === "none" ? narrowTo8Bits(data) : stretchContrast(data, stretch);
}

async function decode32Bits(file: CheckedFile, stretch: StretchOptions): Promise<Uint8Array> {
	// Colours stay in their own space, as they lie: any conversion would clip them to 8 bits first.
	const isColour = file.metadata.space === "scrgb";
	const { buffer } = await readRaw(file, "float", (image) =>
		(isColour ? image.pipelineColourspace("scrgb").toColourspace("scrgb") : image.toColourspace("srgb")).removeAlpha(),
	);
	return stretchFloats(new Float32Array(buffer), stretch);
}

interface RawSamples {
	/** Holds exactly the samples, shape (height, width, channels). */
	readonly buffer: ArrayBuffer;
	readonly channels: number;
}

async function readRaw(
	{ bytes, name, format }: CheckedFile,
	depth: "uchar" | "ushort" | "float",
	convert: (upright: Sharp) => Sharp,
): Promise<RawSamples> {
	const { data, info } = await orCorrupt(name, format, () =>
		convert(sharp(bytes, SHARP_OPTIONS).autoOrient()).raw({ depth }).toBuffer({ resolveWithObject: true }),
	);
	// The library's own memory cannot change threads; what its `toUint8Array` copies (0.35.5) it never gives back.
	return { buffer: new Uint8Array(data).buffer, channels: info.channels };
}

function pageWarnings(metadata: Metadata, format: ImageFormat): Warning[] {
	const pages = metadata.pages ?? 1;
	if (pages <= 1) {
		return [];
	}
	const what = format === "tiff" ? "pages" : "frames";
	return [{ code: "ANIMATION_FIRST_FRAME", message: `The file has ${pages} ${what}; only the first is used.` }];
}

async function orCorrupt<T>(name: string, format: ImageFormat, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (cause) {
		throw corrupt(name, format, decoderReason(cause), cause);
	}
}

/** The first line of what the decoder said, without what the message around it says already. */
function decoderReason(cause: unknown): string {
	const [line] = String((cause as Error).message).split("\n");
	const reason = line.replace(/^Input buffer (?:has corrupt header:?|contains unsupported image format)\s*/, "");
	return reason === "" ? "its header cannot be read" : reason;
}

function corrupt(name: string, format: ImageFormat, reason: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"IMAGE_CORRUPT",
		`${name}: this ${IMAGE_FORMATS[format].title} is damaged or incomplete (${reason}). ` +
			"Copy or download it again, or save it anew from an image program.",
		{ details: { format }, cause },
	);
}

function unsupported(name: string, found: string, remedy: string): DinosegError {
	return new DinosegError("IMAGE_UNSUPPORTED", `${name}: ${found}. Supported are ${supportedFormatsText()}. ${remedy}`);
}
