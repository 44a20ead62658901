import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";

/** Bits of a value. */
const WORD_SIZE = 8;
/** Bits of the four kinds of run lengths. */
const RUN_SIZES = [3, 4, 8, 16];
const LONGEST_RUN = 65536;
/** Red, green, blue and alpha. */
const CHANNELS = 4;
const INSIDE = 255;

/** Positions of runs between two checks, an even number. */
const CHECKED_POSITIONS = 8192;

/** Packs values of any number of bits, highest bit first. */
interface BitWriter {
	bytes: Uint8Array;
	length: number;
	/** Bits that do not fill a byte yet, and how many. */
	rest: number;
	bits: number;
}

/** @param size bits of the value, at most 16. */
function writeBits(writer: BitWriter, value: number, size: number): void {
	writer.rest = (writer.rest << size) | value;
	writer.bits += size;
	if (writer.length + 3 > writer.bytes.length) {
		const larger = new Uint8Array(writer.bytes.length * 2);
		larger.set(writer.bytes);
		writer.bytes = larger;
	}
	while (writer.bits >= 8) {
		writer.bits -= 8;
		writer.bytes[writer.length++] = writer.rest >>> writer.bits;
		writer.rest &= (1 << writer.bits) - 1;
	}
}

function writeRun(writer: BitWriter, count: number, value: number): void {
	for (let rest = count; rest > 0; rest -= LONGEST_RUN) {
		const repeats = Math.min(rest, LONGEST_RUN) - 1;
		const kind = RUN_SIZES.findIndex((size) => repeats < 1 << size);
		writeBits(writer, 4 | kind, 3);
		writeBits(writer, repeats, RUN_SIZES[kind]);
		writeBits(writer, value, WORD_SIZE);
	}
}

/**
 * A mask as the run lengths of Label Studio's brush: those of @thi.ng/rle-pack over the picture's bytes of red, green,
 * blue and alpha, 255 inside the mask and 0 outside.
 *
 * The bytes are those of the library, which asks for each of the four bytes of each pixel: a quarter of a second for a
 * mask of 12 megapixels, where this takes what its runs take.
 * Source: @thi.ng/rle-pack, `binary.ts`; Label Studio SDK, `converter/brush.py`, mask2rle and encode_rle.
 *
 * @param runs   begin and end of each run of pixels, rising. Shape (runs, 2).
 * @param pixels of the whole picture, at most 2³⁰ - 1.
 * @param check  called between some runs; what it throws ends the call. Default: none.
 */
export function encodeBrushRle(runs: Uint32Array, pixels: number, check: Check = noCheck): Uint8Array {
	const writer: BitWriter = { bytes: new Uint8Array(256), length: 0, rest: 0, bits: 0 };
	const bytes = pixels * CHANNELS;
	writeBits(writer, bytes >>> 16, 16);
	writeBits(writer, bytes & 0xffff, 16);
	writeBits(writer, WORD_SIZE - 1, 5);
	for (const size of RUN_SIZES) {
		writeBits(writer, size - 1, 4);
	}
	let covered = 0;
	for (let at = 0; at < runs.length; at += 2) {
		if (at % CHECKED_POSITIONS === 0) {
			check();
		}
		writeRun(writer, (runs[at] - covered) * CHANNELS, 0);
		writeRun(writer, (runs[at + 1] - runs[at]) * CHANNELS, INSIDE);
		covered = runs[at + 1];
	}
	writeRun(writer, (pixels - covered) * CHANNELS, 0);
	if (writer.bits > 0) {
		writeBits(writer, 0, 8 - writer.bits);
	}
	return writer.bytes.slice(0, writer.length);
}
