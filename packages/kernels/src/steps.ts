import type { Check, Pixels } from "./kernels.ts";

/** Elements between two checks: below ten milliseconds, also of a loop that does some dozen operations an element. */
const STEP = 2 ** 16;

/** Some neighbouring elements: from the first to the one after the last. */
export interface Part {
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

/** An array of zeros of the same type and length. */
export function emptyLike<T extends Pixels>(source: T): T {
	return (source instanceof Uint8Array ? new Uint8Array(source.length) : new Uint16Array(source.length)) as T;
}

/** The same elements in another array. */
export function copyPixels<T extends Pixels>(check: Check, source: T): T {
	const copy = emptyLike(source);
	for (const { from, to } of checkedParts(check, source.length)) {
		copy.set(source.subarray(from, to), from);
	}
	return copy;
}
