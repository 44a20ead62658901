import { parseDecimal } from "@dinoseg/core/options";
import { readDirectory, readOffset, type TiffFields, tiffFields } from "./tiff-fields.ts";

/** Values of PhotometricInterpretation that are told apart. */
export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, cmyk: 5, yCbCr: 6, lab: 8 } as const;

/** Values of Compression that are told apart. */
export const COMPRESSION = { oldJpeg: 6, jpeg: 7, webP: 50001 } as const;

/** Values of SampleFormat. */
export const SAMPLE_FORMAT = { unsigned: 1, signed: 2, float: 3 } as const;

/** Values of ResolutionUnit. */
export const RESOLUTION_UNIT = { none: 1, inch: 2, centimetre: 3 } as const;

/** How the samples of a picture of a TIFF are stored. */
export interface TiffTags {
	readonly compression: number;
	readonly photometric: number;
	readonly samplesPerPixel: number;
	/** Of the first sample. */
	readonly bitsPerSample: number;
	readonly sampleFormat: number;
	/** Meanings of the samples beyond the colours: 1 and 2 are alpha. */
	readonly extraSamples: readonly number[];
	/** True if each sample has a plane of its own. */
	readonly isPlanar: boolean;
	/** Sides of a tile, pixels; 0 in a picture of strips. */
	readonly tileWidth: number;
	readonly tileHeight: number;
	/** Columns and rows that share one pair of chroma samples. */
	readonly chromaSubsampling: readonly number[];
	/** Shares of red, green and blue in luma. */
	readonly lumaCoefficients: readonly number[];
	/** Samples that stand for black and white, of luma and of both chromas. Empty if the file does not say it. */
	readonly referenceBlackWhite: readonly number[];
	/** Pixels of a `resolutionUnit` along both sides as stored; NaN where the file does not say it. */
	readonly xResolution: number;
	readonly yResolution: number;
	readonly resolutionUnit: number;
	/** ImageDescription, or as much of it as programs keep their fields in. */
	readonly description: string;
	/** Value of samples that were not measured (GDAL's tag 42113). Undefined if the file does not say it, or says NaN. */
	readonly noData: number | undefined;
}

/** Those of ITU-R BT.601, where a file does not name its own. */
const BT_601 = [0.299, 0.587, 0.114];

/**
 * Read how the samples of a picture of a TIFF are stored.
 *
 * Source: TIFF 6.0, and Adobe's supplement for SampleFormat.
 *
 * @param bytes     a TIFF or BigTIFF. Not modified.
 * @param directory where that of the picture lies, bytes.
 * @throws RangeError if the tags do not lie in the file.
 */
export function readTiffTags(bytes: Uint8Array, directory: number): TiffTags {
	const fields = tiffFields(bytes);
	const { entries } = readDirectory(fields, directory);
	const values = (tag: number): number[] => {
		const entry = entries.get(tag);
		return entry === undefined ? [] : readNumbers(fields, entry);
	};
	const first = (tag: number, absent: number): number => values(tag)[0] ?? absent;
	const luma = values(529);
	return {
		compression: first(259, 1),
		photometric: first(262, PHOTOMETRIC.blackIsZero),
		samplesPerPixel: first(277, 1),
		bitsPerSample: first(258, 1),
		sampleFormat: first(339, SAMPLE_FORMAT.unsigned),
		extraSamples: values(338),
		isPlanar: first(284, 1) === 2,
		tileWidth: first(322, 0),
		tileHeight: first(323, 0),
		chromaSubsampling: entries.has(530) ? values(530) : [2, 2],
		lumaCoefficients: luma.length === 3 ? luma : BT_601,
		referenceBlackWhite: values(532),
		xResolution: first(282, Number.NaN),
		yResolution: first(283, Number.NaN),
		resolutionUnit: first(296, RESOLUTION_UNIT.inch),
		description: readText(fields, entries.get(270)),
		noData: parseDecimal(readText(fields, entries.get(42113))),
	};
}

/** Values of one tag that are read; no tag that is asked for has more that matter. */
const MOST_VALUES = 16;

/** Bytes of one value, by the number of its type; types of other kinds give no numbers. */
const TYPE_BYTES: ReadonlyMap<number, number> = new Map([
	[1, 1],
	[3, 2],
	[4, 4],
	[5, 8],
	[16, 8],
]);

/** The values of an entry; none of a type that is no number. */
export function readNumbers(fields: TiffFields, entry: number): number[] {
	const { view, littleEndian, layout } = fields;
	const type = view.getUint16(entry + 2, littleEndian);
	const bytes = TYPE_BYTES.get(type);
	if (bytes === undefined) {
		return [];
	}
	const count = readOffset(fields, entry + layout.lengthAt);
	const at = count * bytes > layout.offset ? readOffset(fields, entry + layout.valueAt) : entry + layout.valueAt;
	return Array.from({ length: Math.min(count, MOST_VALUES) }, (_, i) => readNumber(fields, type, at + i * bytes));
}

function readNumber({ view, littleEndian }: TiffFields, type: number, at: number): number {
	switch (type) {
		case 1:
			return view.getUint8(at);
		case 3:
			return view.getUint16(at, littleEndian);
		case 4:
			return view.getUint32(at, littleEndian);
		case 5:
			return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
		default:
			return Number(view.getBigUint64(at, littleEndian));
	}
}

/** Bytes of a text that are read. */
const MOST_TEXT = 2 ** 16;
const ASCII = 2;

/** The beginning of a text, up to its NUL; programs write UTF-8 too. */
function readText(fields: TiffFields, entry: number | undefined): string {
	const { view, littleEndian, layout } = fields;
	if (entry === undefined || view.getUint16(entry + 2, littleEndian) !== ASCII) {
		return "";
	}
	const count = readOffset(fields, entry + layout.lengthAt);
	const at = count > layout.offset ? readOffset(fields, entry + layout.valueAt) : entry + layout.valueAt;
	const end = Math.min(at + count, at + MOST_TEXT, view.byteLength);
	if (at >= end) {
		return "";
	}
	const text = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, end - at));
	return text.split("\0")[0];
}
