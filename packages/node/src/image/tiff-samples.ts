import type { Samples } from "@dinoseg/core/image";
import { COMPRESSION, PHOTOMETRIC, SAMPLE_FORMAT, type TiffTags } from "./tiff-tags.ts";

/** Photometric interpretations whose samples are grey or red, green and blue. */
const PLAIN: readonly number[] = [PHOTOMETRIC.whiteIsZero, PHOTOMETRIC.blackIsZero, PHOTOMETRIC.rgb];

/** Colours that are named where they are not read. */
const COLOR_TITLES: ReadonlyMap<number, string> = new Map([
	[3, "a palette"],
	[PHOTOMETRIC.cmyk, "CMYK colours"],
	[PHOTOMETRIC.lab, "CIELAB colours"],
	[32844, "logarithms of luminance (LogL)"],
	[32845, "logarithms of luminance and chromas (LogLuv)"],
]);

/** Values of ExtraSamples for alpha, premultiplied or not. */
const ALPHA_MEANINGS: readonly number[] = [1, 2];

/** Bands of a hyperspectral camera are some hundred. */
const MOST_BANDS = 1024;

/** Pixels that tiles may add to a picture: of one that is smaller than a tile. */
const MOST_TILE_PIXELS = 2 ** 24;

/**
 * True for samples that the image library would misread, or clip to 8 bits: floats, signed and 32-bit integers, tiles in
 * separate planes, and YCbCr that is not JPEG.
 */
export function needsOwnReading(tags: TiffTags): boolean {
	const { sampleFormat, bitsPerSample, isPlanar, tileWidth, samplesPerPixel } = tags;
	const isPlainInteger = sampleFormat === SAMPLE_FORMAT.unsigned && bitsPerSample <= 16;
	return !isPlainInteger || (isPlanar && tileWidth > 0 && samplesPerPixel > 1) || isRawYCbCr(tags);
}

function isRawYCbCr({ photometric, compression }: TiffTags): boolean {
	return photometric === PHOTOMETRIC.yCbCr && compression !== COMPRESSION.jpeg;
}

/** True for samples beyond grey or red, green and blue that are no alpha, such as near infrared. */
export function hasOtherBands({ photometric, samplesPerPixel, extraSamples }: TiffTags): boolean {
	const colors = photometric <= PHOTOMETRIC.blackIsZero ? 1 : 3;
	return (
		photometric <= PHOTOMETRIC.rgb &&
		samplesPerPixel > colors &&
		!extraSamples.some((meaning) => ALPHA_MEANINGS.includes(meaning))
	);
}

/** True if the samples can be taken as they are stored: grey or red, green and blue with any further ones. */
export function hasStoredBands({ photometric, bitsPerSample }: TiffTags): boolean {
	return PLAIN.includes(photometric) && bitsPerSample >= 8;
}

/** What of these tags cannot be read, said of the file: `has …`. Undefined if nothing is known of it. */
export function unreadableFeature(tags: TiffTags): string | undefined {
	const { compression, photometric, bitsPerSample, samplesPerPixel, isPlanar, chromaSubsampling } = tags;
	if (samplesPerPixel > MOST_BANDS) {
		return `has ${samplesPerPixel} bands, at most ${MOST_BANDS} are read`;
	}
	if (compression === COMPRESSION.oldJpeg) {
		return "has old-style JPEG inside (compression 6), which has no defined decoding";
	}
	if (![1, 2, 4, 8, 16, 32, 64].includes(bitsPerSample)) {
		return `has ${bitsPerSample} bits per sample`;
	}
	if (photometric === PHOTOMETRIC.lab && bitsPerSample === 8) {
		return "has CIELAB colours of 8 bits";
	}
	if (isRawYCbCr(tags) && (isPlanar || bitsPerSample !== 8 || chromaSubsampling.some((step) => step !== 1))) {
		return "has YCbCr colours in separate planes or subsampled, without JPEG";
	}
	if (needsOwnReading(tags) && !PLAIN.includes(photometric) && photometric !== PHOTOMETRIC.yCbCr) {
		const what = COLOR_TITLES.get(photometric) ?? `colours of photometric interpretation ${photometric}`;
		return `has ${what} of ${sampleType(tags)}`;
	}
	return undefined;
}

/** Kinds of samples, for messages. */
const FORMAT_TITLES: ReadonlyMap<number, string> = new Map([
	[SAMPLE_FORMAT.unsigned, "unsigned integers"],
	[SAMPLE_FORMAT.signed, "signed integers"],
	[SAMPLE_FORMAT.float, "floats"],
]);

/** `32-bit floats`, for messages. */
export function sampleType({ sampleFormat, bitsPerSample }: TiffTags): string {
	return `${bitsPerSample}-bit ${FORMAT_TITLES.get(sampleFormat) ?? `samples of format ${sampleFormat}`}`;
}

/**
 * Read the samples of a picture of a TIFF, without profile and alpha.
 *
 * Convention: white-is-zero is turned to black-is-zero; YCbCr is converted to RGB with the file's own coefficients.
 *
 * @param bytes a whole file. Not modified.
 * @param index of the picture in the chain of directories, 0-based.
 * @param bands numbers of the samples to take, 0-based: one or three.
 * @returns shape (height, width, bands). Integers of 8 and 16 bits keep their type, all others become float32.
 * @throws Error if they cannot be decoded.
 */
export async function readTiffSamples(
	bytes: Uint8Array,
	index: number,
	tags: TiffTags,
	bands: readonly number[],
): Promise<Samples> {
	if (tags.tileWidth * tags.tileHeight > MOST_TILE_PIXELS) {
		throw new RangeError(`tiles of ${tags.tileWidth} x ${tags.tileHeight} pixels`);
	}
	// Loaded here: few pictures need it, and it takes as long as all else that the program loads.
	const { fromArrayBuffer } = await import("geotiff");
	const file = await fromArrayBuffer(ownBuffer(bytes));
	const image = await file.getImage(index);
	const raster = await image.readRasters({ samples: [...bands], interleave: true });
	const data = narrowType(raster as ArrayLike<number> & ArrayBufferView);
	if (tags.photometric === PHOTOMETRIC.whiteIsZero) {
		invert(data);
	}
	if (isRawYCbCr(tags)) {
		convertYCbCr(data as Uint8Array, tags);
	}
	return data;
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
	const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
	return (isWhole ? bytes.buffer : new Uint8Array(bytes).buffer) as ArrayBuffer;
}

function narrowType(raster: ArrayLike<number> & ArrayBufferView): Samples {
	return raster instanceof Uint8Array || raster instanceof Uint16Array || raster instanceof Float32Array
		? raster
		: new Float32Array(raster);
}

/** The samples of a picture of a TIFF that are its colours, 0-based. */
export function colorBands({ photometric }: TiffTags): readonly number[] {
	return photometric <= PHOTOMETRIC.blackIsZero ? [0] : [0, 1, 2];
}

/**
 * The value that samples without data have once they were read: after white-is-zero was turned to black-is-zero.
 *
 * @param stored value as it stands in the file.
 */
export function noDataValue(stored: number, { photometric }: TiffTags, samples: Samples): number {
	return photometric === PHOTOMETRIC.whiteIsZero ? whiteOf(samples) - stored : stored;
}

function whiteOf(samples: Samples): number {
	return samples instanceof Uint8Array ? 255 : samples instanceof Uint16Array ? 65535 : 0;
}

function invert(data: Samples): void {
	const white = whiteOf(data);
	for (let i = 0; i < data.length; i++) {
		data[i] = white - data[i];
	}
}

/**
 * From luma and two chromas to red, green and blue, in place.
 *
 * Source: TIFF 6.0, section 21.
 */
function convertYCbCr(data: Uint8Array, { lumaCoefficients, referenceBlackWhite }: TiffTags): void {
	const [redShare, greenShare, blueShare] = lumaCoefficients;
	const [black = 0, white = 255, cbZero = 128, cbMost = 255, crZero = 128, crMost = 255] =
		referenceBlackWhite.length === 6 ? referenceBlackWhite : [];
	const at = (value: number, zero: number, most: number, range: number) => ((value - zero) * range) / (most - zero);
	for (let i = 0; i < data.length; i += 3) {
		const luma = at(data[i], black, white, 255);
		const blue = luma + at(data[i + 1], cbZero, cbMost, 127) * (2 - 2 * blueShare);
		const red = luma + at(data[i + 2], crZero, crMost, 127) * (2 - 2 * redShare);
		const green = (luma - blueShare * blue - redShare * red) / greenShare;
		data[i] = toByte(red);
		data[i + 1] = toByte(green);
		data[i + 2] = toByte(blue);
	}
}

function toByte(value: number): number {
	return Math.floor(Math.min(Math.max(value, 0), 255) + 0.5);
}
