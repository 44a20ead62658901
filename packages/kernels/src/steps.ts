import type { Check, Pixels } from "./kernels.ts";

/**
 * Elements between two checks: below ten milliseconds, also of a loop that does some dozen operations an element, and
 * where memory is touched for the first time, which costs more than a copy.
 */
const STEP = 2 ** 16;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Some neighbouring elements: from the first to the one after the last. */
interface Part {
	readonly from: number;
	readonly to: number;
}

/** The indices 0 to `length` - 1 in parts, with a check before each. */
export function* checkedParts(check: Check, length: number): Generator<Part> {
	for (let from = 0; from < length; from += STEP) {
		check();
		yield { from, to: Math.min(length, from + STEP) };
	}
}

/** The rows of a picture one by one, with a check before every part of them. */
export function* checkedRows(check: Check, height: number, width: number): Generator<number> {
	const step = Math.max(1, Math.floor(STEP / width));
	for (let row = 0; row < height; row++) {
		if (row % step === 0) {
			check();
		}
		yield row;
	}
}

/** Write the elements of `source` over those of `target`, which may be of another type. */
export function checkedCopy(check: Check, source: Numbers, target: Numbers): void {
	for (const { from, to } of checkedParts(check, source.length)) {
		target.set(source.subarray(from, to), from);
	}
}

/** An array of zeros of the same type and length. */
export function emptyLike<T extends Pixels>(source: T): T {
	return (source instanceof Uint8Array ? new Uint8Array(source.length) : new Uint16Array(source.length)) as T;
}

/** The same elements in another array. */
export function copyPixels<T extends Pixels>(check: Check, source: T): T {
	const copy = emptyLike(source);
	checkedCopy(check, source, copy);
	return copy;
}
