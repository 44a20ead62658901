import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { decode } from "fast-png";
import { noCheck } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import { checkLabelMap, type LabelMap } from "./label-map.ts";
import { type Color, PALETTE, type Palette, paletteTable } from "./palette.ts";
import { encodePngFile } from "./png-file.ts";

/** Ids that fit an indexed PNG. */
const INDEXED_LIMIT = 256;

/** Deflate level: 6 is a tenth smaller on label maps and takes three times as long. */
const COMPRESSION_LEVEL = 3;

/**
 * A label map as a single-channel PNG whose samples are the ids.
 *
 * Up to 256 ids the file is 8-bit indexed and holds one palette entry per id, so that viewers show colours and programs
 * read ids; above, it is 16-bit grey. That of the background is black, which no segment has.
 *
 * @param check called while the samples are made ready; what it throws ends the call. Compression is one step. Default:
 *   none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function encodeLabelPng(labels: LabelMap, palette: Palette = PALETTE, check: Check = noCheck): Uint8Array {
	checkLabelMap("encodeLabelPng", labels);
	const { width, height, count, background } = labels;
	check();
	if (count > INDEXED_LIMIT) {
		const data =
			labels.data instanceof Uint16Array
				? labels.data
				: copyInto(check, labels.data, new Uint16Array(labels.data.length));
		return encodeIdPng(data, width, height);
	}
	const bytes =
		labels.data instanceof Uint8Array ? labels.data : copyInto(check, labels.data, new Uint8Array(labels.data.length));
	const entries = paletteTable(count, palette);
	if (background !== undefined) {
		entries.fill(0, 3 * background, 3 * background + 3);
	}
	return encodePngFile({ width, height, kind: "indexed", bytes, palette: entries }, COMPRESSION_LEVEL);
}

/**
 * A map of ids as a PNG of one grey channel with 16 bits, whatever the number of ids.
 *
 * @param data shape (height, width), row-major.
 */
export function encodeIdPng(data: Uint16Array, width: number, height: number): Uint8Array {
	const bytes = new Uint8Array(2 * data.length);
	for (let index = 0; index < data.length; index++) {
		bytes[2 * index] = data[index] >> 8;
		bytes[2 * index + 1] = data[index];
	}
	return encodePngFile({ width, height, kind: "grey16", bytes }, COMPRESSION_LEVEL);
}

function copyInto<T extends Uint8Array | Uint16Array>(check: Check, source: LabelMap["data"], target: T): T {
	checkedCopy(check, source, target);
	return target;
}

/**
 * A label map as an RGB PNG in which each id has its colour.
 *
 * @param colors shape (ids, 3), an entry for every id that occurs.
 * @param check  called while the samples are made ready. Compression is one step.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function encodeColorPng(labels: LabelMap, colors: Uint8Array, check: Check): Uint8Array {
	checkLabelMap("encodeColorPng", labels);
	const { width, height } = labels;
	const bytes = new Uint8Array(labels.data.length * 3);
	for (const { from, to } of checkedParts(check, labels.data.length)) {
		for (let index = from; index < to; index++) {
			const color = labels.data[index] * 3;
			bytes[index * 3] = colors[color];
			bytes[index * 3 + 1] = colors[color + 1];
			bytes[index * 3 + 2] = colors[color + 2];
		}
	}
	return encodePngFile({ width, height, kind: "rgb", bytes }, COMPRESSION_LEVEL);
}

export interface DecodeLabelOptions {
	/** What messages call the file. @default "decodeLabelPng" */
	readonly name?: string;
	/** Pixels above which a file is refused by its header, before decoding. @default none */
	readonly maxPixels?: number;
}

/**
 * The label map of a PNG whose samples are the labels: of `encodeLabelPng`, or an annotation of anybody. 8 or 16 bits, one
 * channel; an indexed one gives its indices, whatever their colours.
 *
 * @returns count is the number of palette entries, or the highest label + 1 where that is more.
 * @throws DinosegError IMAGE_CORRUPT if the bytes are no intact PNG, IMAGE_UNSUPPORTED if they are another kind of PNG,
 *   IMAGE_TOO_LARGE
 */
export function decodeLabelPng(bytes: Uint8Array, options: DecodeLabelOptions = {}): LabelMap {
	const { name = "decodeLabelPng", maxPixels } = options;
	if (maxPixels !== undefined) {
		checkPixels(bytes, name, maxPixels);
	}
	const { width, height, data, depth, channels, palette } = decodePng(bytes, name);
	const isInteger = data instanceof Uint8Array || data instanceof Uint16Array;
	if (!isInteger || channels !== 1 || (depth !== 8 && depth !== 16)) {
		throw new DinosegError(
			"IMAGE_UNSUPPORTED",
			`${name}: expected a PNG of one channel, grey or indexed, with 8 or 16 bits, whose values are the labels; got ` +
				`${depth} bits and ${channels} channel(s). Save the label numbers themselves, not their colours.`,
			{ details: { depth, channels } },
		);
	}
	let highest = 0;
	for (let at = 0; at < data.length; at++) {
		highest = data[at] > highest ? data[at] : highest;
	}
	return { data, width, height, count: Math.max(highest + 1, palette?.length ?? 0) };
}

/** Bytes before the first chunk of a PNG, and of a chunk before its data. */
const [SIGNATURE_BYTES, CHUNK_HEADER_BYTES] = [8, 8];
/** Bytes of a chunk beside its data. */
const CHUNK_BYTES = 12;

/**
 * The colours of the labels of an indexed PNG.
 *
 * @param bytes that `decodeLabelPng` takes.
 * @returns by label; none where the file is grey.
 */
export function labelPngColors(bytes: Uint8Array): readonly Color[] | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (let at = SIGNATURE_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
		const length = view.getUint32(at);
		const data = bytes.subarray(at + CHUNK_HEADER_BYTES, at + CHUNK_HEADER_BYTES + length);
		if (view.getUint32(at + 4) === PALETTE_CHUNK) {
			return Array.from({ length: Math.floor(data.length / 3) }, (_, entry) => {
				return [data[3 * entry], data[3 * entry + 1], data[3 * entry + 2]];
			});
		}
		at += CHUNK_BYTES + length;
	}
	return undefined;
}

/** `PLTE` */
const PALETTE_CHUNK = 0x504c5445;

/** Where the header of a PNG has its sides, big-endian. */
const HEADER = { width: 16, height: 20, end: 24 };

function checkPixels(bytes: Uint8Array, name: string, maxPixels: number): void {
	if (bytes.length < HEADER.end) {
		return;
	}
	const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const pixels = header.getUint32(HEADER.width) * header.getUint32(HEADER.height);
	if (isPng(bytes) && pixels > maxPixels) {
		throw new DinosegError("IMAGE_TOO_LARGE", `${name}: has ${pixels} pixels, at most ${maxPixels} are allowed.`, {
			details: { pixels, max: maxPixels },
		});
	}
}

function isPng(bytes: Uint8Array): boolean {
	return [0x89, 0x50, 0x4e, 0x47].every((value, at) => bytes[at] === value);
}

function decodePng(bytes: Uint8Array, name: string): ReturnType<typeof decode> {
	try {
		return decode(bytes, { checkCrc: true });
	} catch (cause) {
		throw new DinosegError(
			"IMAGE_CORRUPT",
			`${name}: expected an intact PNG, got ${bytes.length} bytes that cannot be read. Write the file again.`,
			{ cause },
		);
	}
}
