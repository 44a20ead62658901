import { type DeflateOptions, zlibSync } from "fflate";

/** An image whose samples are written as they are. */
export interface PngSamples {
	readonly width: number;
	readonly height: number;
	/** `indexed` samples are entries of the palette, one byte each; `grey16` has two bytes each, the high one first. */
	readonly kind: "indexed" | "rgb" | "grey" | "grey16";
	/** Shape (height, width, bytes of a sample). */
	readonly bytes: Uint8Array;
	/** Colours of the entries, shape (entries, 3). Of `indexed`. */
	readonly palette?: Uint8Array;
}

/** Bits of a channel, type of the colours and bytes of a pixel, as the header has them. */
const KINDS = {
	indexed: { depth: 8, colorType: 3, pixelBytes: 1 },
	rgb: { depth: 8, colorType: 2, pixelBytes: 3 },
	grey: { depth: 8, colorType: 0, pixelBytes: 1 },
	grey16: { depth: 16, colorType: 0, pixelBytes: 2 },
} as const;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes of a chunk beside its data: length, name and checksum. */
const CHUNK_BYTES = 12;
const HEADER_BYTES = 13;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) {
		value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	}
	return value;
});

/**
 * Write a PNG without filters, which label maps gain nothing from.
 *
 * Its own, and not that of the library which reads them: that one writes sample by sample, which takes longer than to
 * compress them. The same samples give the same bytes everywhere.
 * Source: https://www.w3.org/TR/png-3/
 *
 * @param level of deflate, 0 to 9.
 */
export function encodePngFile(samples: PngSamples, level: NonNullable<DeflateOptions["level"]>): Uint8Array {
	const { width, height, kind, bytes } = samples;
	const rowBytes = width * KINDS[kind].pixelBytes;
	const rows = new Uint8Array(height * (rowBytes + 1));
	for (let row = 0; row < height; row++) {
		rows.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
	}
	return assemblePng(samples, zlibSync(rows, { level }));
}

/**
 * The file of rows that are compressed already.
 *
 * @param compressed rows as zlib has them, each with the number of its filter before it.
 */
export function assemblePng(
	{ width, height, kind, palette }: Omit<PngSamples, "bytes">,
	compressed: Uint8Array,
): Uint8Array {
	const { depth, colorType } = KINDS[kind];
	const header = new Uint8Array(HEADER_BYTES);
	const view = new DataView(header.buffer);
	view.setUint32(0, width);
	view.setUint32(4, height);
	header.set([depth, colorType], 8);
	const chunks: (readonly [name: string, data: Uint8Array])[] = [
		["IHDR", header],
		...(palette ? [["PLTE", palette] as const] : []),
		["IDAT", compressed],
		["IEND", new Uint8Array()],
	];
	const size = chunks.reduce((sum, [, data]) => sum + CHUNK_BYTES + data.length, SIGNATURE.length);
	const file = new Uint8Array(size);
	file.set(SIGNATURE);
	let at = SIGNATURE.length;
	for (const [name, data] of chunks) {
		writeChunk(file, at, name, data);
		at += CHUNK_BYTES + data.length;
	}
	return file;
}

function writeChunk(file: Uint8Array, at: number, name: string, data: Uint8Array): void {
	const view = new DataView(file.buffer);
	view.setUint32(at, data.length);
	file.set(
		Array.from(name, (letter) => letter.charCodeAt(0)),
		at + 4,
	);
	file.set(data, at + 8);
	let crc = -1;
	for (let index = at + 4; index < at + 8 + data.length; index++) {
		crc = CRC_TABLE[(crc ^ file[index]) & 0xff] ^ (crc >>> 8);
	}
	view.setInt32(at + 8 + data.length, ~crc);
}
