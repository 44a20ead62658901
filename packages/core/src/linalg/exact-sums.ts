import { type Check, checkedParts } from "@dinoseg/kernels";

/** What the high part of a sum counts. */
const UNIT = 2 ** 52;
const UNIT_BITS = 52n;

/** An array of integers, each `high * 2^52 + low` with `0 <= low < 2^52`: one integer has one pair of parts only. */
export interface ExactSums {
	/** Integers of magnitude up to 2^53. Shape (length,). */
	readonly high: Float64Array;
	/** Shape (length,). */
	readonly low: Float64Array;
}

/** Zeros. Shape (length,). */
export function zeroSums(length: number): ExactSums {
	return { high: new Float64Array(length), low: new Float64Array(length) };
}

/** Add an integer to sum `at`, of any magnitude that keeps the sum in its bounds. */
export function addTo(sums: ExactSums, at: number, value: number): void {
	// The parts of an integer that float64 holds are themselves held exactly, and so is everything below.
	const units = Math.floor(value / UNIT);
	const sum = sums.low[at] + (value - units * UNIT);
	const carry = sum >= UNIT ? 1 : 0;
	sums.low[at] = sum - carry * UNIT;
	sums.high[at] += units + carry;
}

/** Sums of two arrays of the same length, element by element. */
export function addSums(check: Check, a: ExactSums, b: ExactSums): ExactSums {
	const sums = zeroSums(a.low.length);
	for (const { from, to } of checkedParts(check, a.low.length)) {
		for (let at = from; at < to; at++) {
			sums.high[at] = a.high[at] + b.high[at];
			sums.low[at] = a.low[at];
			addTo(sums, at, b.low[at]);
		}
	}
	return sums;
}

/** Sum `at` itself. */
export function bigIntAt({ high, low }: ExactSums, at: number): bigint {
	return (BigInt(high[at]) << UNIT_BITS) + BigInt(low[at]);
}
