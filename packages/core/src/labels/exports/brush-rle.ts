import { encode } from "@thi.ng/rle-pack";

/** Bits of a value. */
const WORD_SIZE = 8;
/** Bits of the four kinds of run lengths. */
const RUN_SIZES: [number, number, number, number] = [3, 4, 8, 16];
/** Red, green, blue and alpha. */
const CHANNELS = 4;
const INSIDE = 255;

/**
 * A mask as the run lengths of Label Studio's brush: those of @thi.ng/rle-pack over the picture's bytes of red, green,
 * blue and alpha, 255 inside the mask and 0 outside.
 *
 * The bytes are never laid out: the library takes them from an iterator over the runs.
 * Source: Label Studio SDK, `converter/brush.py`, mask2rle and encode_rle.
 *
 * @param runs   begin and end of each run of pixels, rising. Shape (runs, 2).
 * @param pixels of the whole picture, at most 2³⁰ - 1.
 */
export function encodeBrushRle(runs: Uint32Array, pixels: number): Uint8Array {
	return encode(channelBytes(runs), pixels * CHANNELS, WORD_SIZE, RUN_SIZES);
}

/** Endless: the mask, then zeros. The library stops by itself. */
function channelBytes(runs: Uint32Array): Iterable<number> {
	// One object for all results: a quarter of the time of a generator.
	const result = { value: 0, done: false };
	let at = 0;
	let position = 0;
	let change = runs[0] * CHANNELS;
	const next = (): { value: number; done: false } => {
		if (position === change) {
			result.value ^= INSIDE;
			at++;
			change = at < runs.length ? runs[at] * CHANNELS : -1;
		}
		position++;
		return result as { value: number; done: false };
	};
	return { [Symbol.iterator]: () => ({ next }) };
}
