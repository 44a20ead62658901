import type { Check } from "@dinoseg/kernels";
import type { ColumnRuns } from "./column-runs.ts";

/** The pixels of one id. */
interface EncodedMask {
	/** Compressed run lengths of COCO. */
	readonly counts: string;
	readonly pixels: number;
	/** Smallest upright rectangle around them; all 0 if there are none. */
	readonly bbox: readonly [x: number, y: number, width: number, height: number];
}

/** Runs between two checks: below a millisecond. */
const CHECKED_RUNS = 4096;

/** Longest text that is built from one call, so that the argument list stays within every engine's limit. */
const TEXT_CHUNK = 8192;

/** A run length of up to 32 bits takes seven characters of five bits. */
const RUN_CHARACTERS = 7;

/**
 * An encoder of the masks of a map, one id after the other.
 *
 * Convention: column-major, so run positions count down the first column, then the second, and so on; zeros first.
 * Source: COCO API, `maskApi.c`, rleToString.
 *
 * @param check called between some runs, here and by what is returned.
 * @returns the mask of an id from 0 to count - 1.
 */
export function createMaskEncoder(runs: ColumnRuns, check: Check): (id: number) => EncodedMask {
	const { starts, order, offsets, height } = runs;
	const total = height * runs.width;
	let bytes = new Uint8Array(1024);

	return (id) => {
		const first = offsets[id];
		const end = offsets[id + 1];
		// Two lengths for each run, and that of the zeros after the last one.
		const room = (2 * (end - first) + 1) * RUN_CHARACTERS;
		if (room > bytes.length) {
			bytes = new Uint8Array(room);
		}
		let length = 0;
		let covered = 0;
		let pixels = 0;
		let zeros = 0;
		let ones = 0;
		let top = height;
		let bottom = 0;
		for (let index = first; index < end; index++) {
			if ((index - first) % CHECKED_RUNS === 0) {
				check();
			}
			const start = starts[order[index]];
			const stop = starts[order[index] + 1];
			// From the fourth length on, the difference to the one before the last is stored.
			length = writeLength(bytes, length, start - covered - (index > first + 1 ? zeros : 0));
			length = writeLength(bytes, length, stop - start - (index > first ? ones : 0));
			zeros = start - covered;
			ones = stop - start;
			covered = stop;
			pixels += ones;
			const y = start % height;
			const isWithinColumn = y + ones <= height;
			top = Math.min(top, isWithinColumn ? y : 0);
			bottom = Math.max(bottom, isWithinColumn ? y + ones : height);
		}
		if (covered < total) {
			length = writeLength(bytes, length, total - covered - (end - first > 1 ? zeros : 0));
		}
		return {
			counts: textOf(check, bytes, length),
			pixels,
			bbox: pixels === 0 ? [0, 0, 0, 0] : box(first, end, top, bottom),
		};
	};

	function box(first: number, end: number, top: number, bottom: number): EncodedMask["bbox"] {
		const left = Math.floor(starts[order[first]] / height);
		const right = Math.floor((starts[order[end - 1] + 1] - 1) / height);
		return [left, top, right - left + 1, bottom - top];
	}
}

/** @returns one past the last character. */
function writeLength(bytes: Uint8Array, position: number, value: number): number {
	let at = position;
	let rest = value;
	let more = true;
	while (more) {
		let symbol = rest & 0x1f;
		rest >>= 5;
		more = symbol & 0x10 ? rest !== -1 : rest !== 0;
		if (more) {
			symbol |= 0x20;
		}
		bytes[at++] = symbol + 48;
	}
	return at;
}

function textOf(check: Check, bytes: Uint8Array, length: number): string {
	let text = "";
	for (let begin = 0; begin < length; begin += TEXT_CHUNK) {
		check();
		// Three times as fast as spreading, which walks typed arrays by their iterator.
		text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(begin, Math.min(begin + TEXT_CHUNK, length)));
	}
	return text;
}
