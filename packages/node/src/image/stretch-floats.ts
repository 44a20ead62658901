import { DinosegError } from "@dinoseg/core/errors";
import type { StretchOptions } from "@dinoseg/core/image";

/** Half of a key: the digits of the selection. */
const DIGITS = 65536;

/**
 * Map floating point samples to 8 bits, the range between two percentiles linearly to 0..255.
 *
 * Convention: as `stretchContrast` of `@dinoseg/core` does for 8 and 16 bits (one range for all channels, percentiles
 * with linear interpolation), over the finite samples. NaN becomes 0, infinity 0 or 255. Where both percentiles have
 * the same value, what lies above it becomes 255 and the rest 0.
 *
 * @param samples any shape. Not modified.
 * @throws DinosegError OPTION_INVALID
 */
export function stretchFloats(samples: Float32Array, { low, high }: StretchOptions): Uint8Array {
	if (!(low >= 0 && high <= 100 && low < high)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`stretchFloats: stretch must be two rising percentiles from 0 to 100, got ${low},${high}. Use for example 1,99.`,
			{ details: { option: "stretch", value: `${low},${high}` } },
		);
	}
	const finite = finiteSamples(samples);
	const out = new Uint8Array(samples.length);
	if (finite.length === 0) {
		return out;
	}
	const black = percentile(finite, low);
	const white = percentile(finite, high);
	const scale = white > black ? 255 / (white - black) : Number.POSITIVE_INFINITY;
	for (let i = 0; i < samples.length; i++) {
		const value = samples[i];
		out[i] = value > black ? Math.floor(Math.min((value - black) * scale, 255) + 0.5) : 0;
	}
	return out;
}

/** Two plain loops: `filter` of a typed array boxes every element, gigabytes for a large picture. */
function finiteSamples(samples: Float32Array): Float32Array {
	let count = 0;
	for (let i = 0; i < samples.length; i++) {
		if (Number.isFinite(samples[i])) {
			count++;
		}
	}
	const finite = new Float32Array(count);
	let next = 0;
	for (let i = 0; i < samples.length; i++) {
		if (Number.isFinite(samples[i])) {
			finite[next++] = samples[i];
		}
	}
	return finite;
}

/** Linear interpolation between the two order statistics around `percent / 100 * (count - 1)`. */
function percentile(finite: Float32Array, percent: number): number {
	const position = (percent / 100) * (finite.length - 1);
	const rank = Math.floor(position);
	const below = orderStatistic(finite, rank);
	const share = position - rank;
	return share === 0 ? below : below + (orderStatistic(finite, rank + 1) - below) * share;
}

/** The value at `rank` (0-based) among the sorted samples, found without sorting: one digit of its key after the other. */
function orderStatistic(finite: Float32Array, rank: number): number {
	const bits = new Uint32Array(finite.buffer, finite.byteOffset, finite.length);
	const upper = new Float64Array(DIGITS);
	for (let i = 0; i < bits.length; i++) {
		upper[orderedKey(bits[i]) >>> 16]++;
	}
	const [high, rest] = findDigit(upper, rank);
	const lower = new Float64Array(DIGITS);
	for (let i = 0; i < bits.length; i++) {
		const key = orderedKey(bits[i]);
		if (key >>> 16 === high) {
			lower[key & 0xffff]++;
		}
	}
	const key = ((high << 16) | findDigit(lower, rest)[0]) >>> 0;
	const found = Uint32Array.of(key & 0x80000000 ? key ^ 0x80000000 : ~key);
	return new Float32Array(found.buffer)[0];
}

/** The bits of a float32 as an unsigned number that rises with it. */
function orderedKey(bits: number): number {
	return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

/** The digit that the sample of this rank has, and its rank among those that have it too. */
function findDigit(histogram: Float64Array, rank: number): [digit: number, rank: number] {
	let digit = 0;
	let rest = rank;
	while (rest >= histogram[digit]) {
		rest -= histogram[digit];
		digit++;
	}
	return [digit, rest];
}
