import type { Check, Pixels } from "../kernels.ts";
import { checkedParts } from "../steps.ts";

/** The nearest index inside 0..size-1: borders are replicated. */
export function clampIndex(index: number, size: number): number {
	return index < 0 ? 0 : index >= size ? size - 1 : index;
}

/** The values that occur in an array, and their order. */
export interface DistinctValues {
	/** Rising. Shape (count,). */
	readonly values: Uint16Array;
	/** Position in `values` of each value that occurs. Indexed by value. */
	readonly rankOf: Uint16Array;
	readonly count: number;
}

/**
 * Find which of the values 0..range-1 occur. Histograms over ranks need no room for absent values.
 *
 * @param range one more than the largest value that `source` may hold.
 */
export function distinctValues(check: Check, source: Pixels, range: number): DistinctValues {
	const present = new Uint8Array(range);
	let previous = -1;
	for (const { from, to } of checkedParts(check, source.length)) {
		for (let i = from; i < to; i++) {
			// Most pixels of a label map are like the one before: a comparison is faster than a store.
			if (source[i] !== previous) {
				previous = source[i];
				present[previous] = 1;
			}
		}
	}
	const rankOf = new Uint16Array(range);
	const values = new Uint16Array(range);
	let count = 0;
	for (let value = 0; value < range; value++) {
		if (present[value] !== 0) {
			rankOf[value] = count;
			values[count++] = value;
		}
	}
	return { values: values.subarray(0, count), rankOf, count };
}
