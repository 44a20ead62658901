import type { Warning } from "@dinoseg/core";
import { checkInteger, optionName } from "@dinoseg/core/errors";
import {
	bandIndices,
	composeOverWhite,
	narrowTo8Bits,
	pickBands,
	type RgbImage,
	repeatGrey,
	type Samples,
	type Stretched,
	type StretchRange,
	stretch8Bits,
	stretchRange,
	stretchSamples,
} from "@dinoseg/core/image";
import type { Georeference } from "@dinoseg/core/labels";
import {
	type BandsOption,
	DEFAULT_OPTIONS,
	MAX_PIXELS,
	type PageOption,
	type PixelSize,
	type StretchOption,
} from "@dinoseg/core/options";
import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { checkPixelCount, corrupt, orCorrupt, unsupported } from "./decode-failures.ts";
import { decodeOpened } from "./decode-opened.ts";
import type { ImageFormat } from "./formats.ts";
import { whitenUncovered } from "./gif-frame.ts";
import { hdrWarnings } from "./hdr.ts";
import { turnUpright } from "./orientation.ts";
import { type FoundPage, findPage } from "./pages.ts";
import { type GeoreferenceReading, readGeoreference } from "./read-georeference.ts";
import { emptyInput } from "./read-input.ts";
import { sniffImageFormat } from "./sniff.ts";
import { tiffPixelSize } from "./tiff-pixel-size.ts";
import {
	hasOtherBands,
	hasStoredBands,
	needsOwnReading,
	noDataValue,
	readTiffSamples,
	sampleType,
	unreadableFeature,
} from "./tiff-samples.ts";
import { PHOTOMETRIC, readTiffTags, type TiffTags } from "./tiff-tags.ts";

export interface DecodeOptions {
	/** Name of the input in messages: its path, as the user wrote it. */
	readonly name: string;
	/** Pixels above which the image is refused, before anything is decoded. */
	readonly maxPixels: number;
	/** What becomes black and white. @default "auto" */
	readonly stretch?: StretchOption;
	/** Which bands become grey, or red, green and blue. @default "auto" */
	readonly bands?: BandsOption;
	/** Which picture of a file of several is taken. @default "first", with a warning if there are more */
	readonly page?: PageOption;
}

export interface DecodedFile {
	/** sRGB, 8 bits, upright. */
	readonly image: RgbImage;
	readonly format: ImageFormat;
	/** Number of the page, 1-based. @default the file has one picture */
	readonly page?: number;
	/** Where the upright pixels of a GeoTIFF lie. @default on no map that the file names */
	readonly georeference?: Georeference;
	/** What an upright pixel shows. @default the file does not say it */
	readonly pixelSize?: PixelSize;
	/** The sample values that became black and white. @default the samples were not stretched */
	readonly stretch?: StretchRange;
	readonly warnings: readonly Warning[];
}

/** A file whose header was read and allowed. */
interface CheckedFile {
	readonly bytes: Uint8Array;
	readonly name: string;
	readonly format: ImageFormat;
	readonly page: FoundPage;
	readonly metadata: Metadata;
	/** How its samples are stored, if it is a TIFF. */
	readonly tags: TiffTags | undefined;
	/** Stored bands that were asked for, 0-based; undefined where the picture in colour is taken. */
	readonly bands: readonly number[] | undefined;
}

/** Damage stops decoding; oddities that every viewer tolerates do not. The limits are checked here, not there. */
const SHARP_OPTIONS: SharpOptions = { failOn: "error", limitInputPixels: false, limitInputChannels: false };

/** Red, green, blue and alpha; or cyan, magenta, yellow, black and alpha. */
const MAX_CHANNELS = 4;
const MAX_CMYK_CHANNELS = 5;

/**
 * Decode an image file to 8-bit sRGB.
 *
 * Convention: EXIF orientation applied; embedded profiles and CMYK converted to sRGB (perceptual intent; the profile
 * of a 16-bit grey picture is not used, nor is one beside floats); grey repeated to three channels; alpha over white,
 * and so the part of a canvas that the frames of a GIF leave free. A further channel of a TIFF that is not alpha is
 * left out, with a warning. `bands` are those of a TIFF as it is stored, if it is one of grey or RGB with further bands;
 * of all others those of the picture in sRGB. Samples above 8 bits are stretched as `stretch` says, before alpha is
 * applied; with "none" those of 16 bits become `round(v / 257)`, and floats, signed and 32-bit integers are refused, for
 * they have no defined black and white. A frame is taken as it is shown, over those before it. A place on the map that
 * cannot be read from a GeoTIFF is a warning too.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE, PAGE_NOT_FOUND, OPTION_INVALID
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedFile> {
	const { maxPixels, stretch = DEFAULT_OPTIONS.stretch, bands = DEFAULT_OPTIONS.bands } = options;
	const { page: wanted = DEFAULT_OPTIONS.page } = options;
	checkInteger("decodeImage", "maxPixels", maxPixels, MAX_PIXELS);
	const format = checkFormat(bytes, options.name);
	const page = await findPage(bytes, options.name, format, wanted);
	const name = wanted === "first" ? options.name : `${options.name}, page ${wanted}`;
	if (format === "bmp" || format === "heic") {
		return { format, ...(await decodeOpened(bytes, { name, format, maxPixels, stretch, bands })) };
	}
	const { directory } = page;
	const tags =
		directory === undefined ? undefined : await orCorrupt(name, format, async () => readTiffTags(bytes, directory));
	const feature = tags && unreadableFeature(tags);
	if (feature !== undefined) {
		throw unsupported(name, feature, "Save it as an uncompressed TIFF or a PNG of 8 or 16 bits, grey or RGB.");
	}
	const metadata = await readHeader(bytes, name, format, page.index);
	const { width, height } = metadata.autoOrient;
	checkPixelCount(name, { width, height }, maxPixels);
	const stored =
		tags && bands !== "auto" && hasStoredBands(tags) ? bandIndices(bands, tags.samplesPerPixel, name) : undefined;
	const file: CheckedFile = { bytes, name, format, page, metadata, tags, bands: stored };
	checkChannels(file);
	const { data, ...decoded } = await decodeSamples(file, stretch);
	const { georeference, pixelSize, warnings } = await placeOnMap(file);
	return {
		image: { data: stored ? data : pickBands(data, bands, name), width, height },
		format,
		...(page.count > 1 ? { page: page.number } : {}),
		...(decoded.stretch ? { stretch: decoded.stretch } : {}),
		...(georeference ? { georeference } : {}),
		...(pixelSize ? { pixelSize } : {}),
		warnings: [
			...(wanted === "first" ? pageWarnings(page, format) : []),
			...contentWarnings(file),
			...decoded.warnings,
			...warnings,
		],
	};
}

/** Of a picture on the map the map tells the size of a pixel, else the file's resolution. */
async function placeOnMap({ bytes, page, tags, metadata }: CheckedFile): Promise<GeoreferenceReading> {
	const { autoOrient, orientation = 1 } = metadata;
	const { directory } = page;
	if (tags === undefined || directory === undefined) {
		return { warnings: [] };
	}
	const place = await readGeoreference(bytes, { directory, orientation, ...autoOrient });
	const pixelSize = place.georeference ? undefined : tiffPixelSize(tags, orientation);
	return pixelSize ? { ...place, pixelSize } : place;
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

async function readHeader(bytes: Uint8Array, name: string, format: ImageFormat, page: number): Promise<Metadata> {
	const metadata = await orCorrupt(name, format, () => sharp(bytes, { ...SHARP_OPTIONS, page }).metadata());
	if ((metadata.format === "heif" ? "avif" : metadata.format) !== format) {
		throw corrupt(name, format, `it reads as ${metadata.format}`);
	}
	return metadata;
}

function checkChannels({ metadata, tags, name, bands }: CheckedFile): void {
	if (bands) {
		return;
	}
	const { space, channels } = metadata;
	const most = space === "cmyk" ? MAX_CMYK_CHANNELS : MAX_CHANNELS;
	const isMultiband = space === "multiband" && !(tags && needsOwnReading(tags));
	if (isMultiband || channels > most) {
		throw unsupported(
			name,
			`has ${channels} channels, which are no picture in colour`,
			`Name one of them or three with ${optionName("bands")}: 4,3,2.`,
		);
	}
}

async function decodeSamples(file: CheckedFile, stretch: StretchOption): Promise<Stretched> {
	const { format, metadata, tags, bytes, page } = file;
	if (tags && (file.bands || needsOwnReading(tags))) {
		return decodeTiff(file, tags, stretch);
	}
	if (metadata.depth === "ushort") {
		return decode16Bits(file, stretch);
	}
	const { buffer, channels } = await readRaw(file, "uchar", (image) => image.toColourspace("srgb"));
	const data = composeOverWhite(new Uint8Array(buffer), channels);
	if (format === "gif") {
		whitenUncovered(data, metadata.width, bytes, page.index);
	}
	return stretch8Bits(data, stretch, noDataValue(tags, data));
}

async function decode16Bits(file: CheckedFile, stretch: StretchOption): Promise<Stretched> {
	// Behind an embedded profile, 16-bit colours are in Display P3 until a profile is asked for.
	const isP3 = file.metadata.hasProfile && file.metadata.space === "rgb16";
	const { buffer, channels } = await readRaw(file, "ushort", (image) =>
		(isP3 ? image.withIccProfile("srgb") : image).toColourspace("rgb16"),
	);
	const samples = new Uint16Array(buffer);
	if (stretch === "none") {
		return { data: narrowTo8Bits(composeOverWhite(samples, channels)), warnings: [] };
	}
	if (channels === 3) {
		return stretchDeep(samples, stretch, file.tags);
	}
	const range = stretchRange(visibleColors(samples), stretch, noDataValue(file.tags, samples));
	const stretched = stretchSamples(samples, range);
	for (let at = 3; at < samples.length; at += channels) {
		stretched[at] = Math.floor(samples[at] / 257 + 0.5);
	}
	return { data: composeOverWhite(stretched, channels), stretch: range, warnings: [] };
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
async function decodeTiff(file: CheckedFile, tags: TiffTags, stretch: StretchOption): Promise<Stretched> {
	const { bytes, name, format, metadata, page } = file;
	const { bands = tags.photometric <= PHOTOMETRIC.blackIsZero ? [0] : [0, 1, 2] } = file;
	const samples = await orCorrupt(name, format, () => readTiffSamples(bytes, page.index, tags, bands));
	if (samples instanceof Float32Array && stretch === "none") {
		throw unsupported(
			name,
			`has ${sampleType(tags)}, whose black and white are not defined`,
			`Let ${optionName("stretch")} be auto, or name the values that become black and white: 0..1.`,
		);
	}
	const { data, ...stretching } =
		samples instanceof Uint8Array
			? stretch8Bits(samples, stretch, noDataValue(tags, samples))
			: stretchDeep(samples, stretch, tags);
	const { autoOrient, orientation = 1 } = metadata;
	const rgb = bands.length === 1 ? repeatGrey(data) : data;
	return { data: turnUpright(rgb, { orientation, ...autoOrient }), ...stretching };
}

function stretchDeep(
	samples: Exclude<Samples, Uint8Array>,
	stretch: StretchOption,
	tags: TiffTags | undefined,
): Stretched {
	if (stretch === "none") {
		return { data: narrowTo8Bits(samples as Uint16Array), warnings: [] };
	}
	const range = stretchRange(samples, stretch, noDataValue(tags, samples));
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

function contentWarnings({ bytes, format, tags, bands }: CheckedFile): Warning[] {
	if (tags && !bands && hasOtherBands(tags)) {
		const message =
			`The file has ${tags.samplesPerPixel} bands and does not say that one is alpha; only its colours are used. ` +
			"The option bands (--bands 4,3,2) takes others.";
		return [{ code: "BANDS_LEFT_OUT", message }];
	}
	return format === "avif" ? [...hdrWarnings(bytes)] : [];
}

function pageWarnings({ count }: FoundPage, format: ImageFormat): Warning[] {
	if (count <= 1) {
		return [];
	}
	const what = format === "tiff" ? "pages" : "frames";
	const message = `The file has ${count} ${what}; only the first is used. ${optionName("page")} takes others.`;
	return [{ code: "ANIMATION_FIRST_FRAME", message }];
}
