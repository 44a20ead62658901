import type { Warning } from "@dinoseg/core";
import { checkInteger, optionName } from "@dinoseg/core/errors";
import {
	bandIndices,
	checkPixelCount,
	fillNoData,
	type ImageFormat,
	pickBands,
	type RgbImage,
	type StretchRange,
	unsupportedImage,
} from "@dinoseg/core/image";
import type { Georeference } from "@dinoseg/core/labels";
import {
	type BandsOption,
	DEFAULT_OPTIONS,
	MAX_PIXELS,
	type NoDataOption,
	type PageOption,
	type PixelSize,
	type StretchOption,
} from "@dinoseg/core/options";
import { orCorrupt } from "./decode-failures.ts";
import { decodeOpened } from "./decode-opened.ts";
import { type CheckedFile, decodeSamples } from "./decode-samples.ts";
import { hdrWarnings } from "./hdr.ts";
import { checkFormat, readHeader } from "./header.ts";
import { noDataRule } from "./no-data.ts";
import { type FoundPage, findPage } from "./pages.ts";
import { type GeoreferenceReading, readGeoreference } from "./read-georeference.ts";
import { tiffPixelSize } from "./tiff-pixel-size.ts";
import { hasOtherBands, hasStoredBands, needsOwnReading, unreadableFeature } from "./tiff-samples.ts";
import { readTiffTags } from "./tiff-tags.ts";

export interface DecodeOptions {
	/** Name of the input in messages: its path, as the user wrote it. */
	readonly name: string;
	/** Pixels above which the image is refused, before anything is decoded. */
	readonly maxPixels: number;
	/** What becomes black and white. @default "auto" */
	readonly stretch?: StretchOption;
	/** Which bands become grey, or red, green and blue. @default "auto" */
	readonly bands?: BandsOption;
	/** Value of pixels without data. @default "auto" */
	readonly nodata?: NoDataOption;
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
	/** 1 where there are data; elsewhere `image` has their mean colour. Shape (height, width). @default everywhere */
	readonly valid?: Uint8Array;
	readonly warnings: readonly Warning[];
}

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
 * they have no defined black and white. Pixels of which all bands that are looked at are `nodata` or NaN have no data: of
 * a TIFF of grey or RGB as it is stored, of all others as the stretch sees them. A frame is taken as it is shown, over those
 * before it. A place on the map that cannot be read from a GeoTIFF is a warning too.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE, PAGE_NOT_FOUND, OPTION_INVALID
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions): Promise<DecodedFile> {
	const { maxPixels, stretch = DEFAULT_OPTIONS.stretch, bands = DEFAULT_OPTIONS.bands } = options;
	const { page: wanted = DEFAULT_OPTIONS.page, nodata = DEFAULT_OPTIONS.nodata } = options;
	checkInteger("decodeImage", "maxPixels", maxPixels, MAX_PIXELS);
	const format = checkFormat(bytes, options.name);
	const page = await findPage(bytes, options.name, format, wanted);
	const name = wanted === "first" ? options.name : `${options.name}, page ${wanted}`;
	if (format === "bmp" || format === "heic") {
		return { format, ...(await decodeOpened(bytes, { name, format, maxPixels, stretch, bands, nodata })) };
	}
	const { directory } = page;
	const tags =
		directory === undefined ? undefined : await orCorrupt(name, format, async () => readTiffTags(bytes, directory));
	const feature = tags && unreadableFeature(tags);
	if (feature !== undefined) {
		throw unsupportedImage(name, feature, "Save it as an uncompressed TIFF or a PNG of 8 or 16 bits, grey or RGB.");
	}
	const metadata = await readHeader(bytes, name, format, page.index);
	const { width, height } = metadata.autoOrient;
	checkPixelCount(name, { width, height }, maxPixels);
	const stored =
		tags && bands !== "auto" && hasStoredBands(tags) ? bandIndices(bands, tags.samplesPerPixel, name) : undefined;
	const noData = noDataRule(nodata, tags);
	const file: CheckedFile = { bytes, name, format, page, metadata, tags, bands: stored, picked: bands, noData };
	checkChannels(file);
	const { data, valid, ...decoded } = await decodeSamples(file, stretch);
	const image = { data: stored ? data : pickBands(data, bands, name), width, height };
	if (valid) {
		fillNoData(image, valid, name);
	}
	const { georeference, pixelSize, warnings } = await placeOnMap(file);
	return {
		image,
		format,
		...(page.count > 1 ? { page: page.number } : {}),
		...(decoded.stretch ? { stretch: decoded.stretch } : {}),
		...(georeference ? { georeference } : {}),
		...(pixelSize ? { pixelSize } : {}),
		...(valid ? { valid } : {}),
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

function checkChannels({ metadata, tags, name, bands }: CheckedFile): void {
	if (bands) {
		return;
	}
	const { space, channels } = metadata;
	const most = space === "cmyk" ? MAX_CMYK_CHANNELS : MAX_CHANNELS;
	const isMultiband = space === "multiband" && !(tags && needsOwnReading(tags));
	if (isMultiband || channels > most) {
		throw unsupportedImage(
			name,
			`has ${channels} channels, which are no picture in colour`,
			`Name one of them or three with ${optionName("bands")}: 4,3,2.`,
		);
	}
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
