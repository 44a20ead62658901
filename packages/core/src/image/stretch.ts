import type { Warning } from "../events.ts";
import type { StretchOption } from "../options/index.ts";

/** Samples of any channels: integers of 8 or 16 bits, or floats. */
export type Samples = Uint8Array | Uint16Array | Float32Array;

/** The sample values that become black and white. Where they are equal, there is no contrast. */
export interface StretchRange {
	readonly black: number;
	readonly white: number;
}

/** Percentiles of `auto`: a dead or hot pixel in a thousand does not decide the contrast. */
const AUTO = { low: 0.1, high: 99.9 };

/** A picture of 8 bits that uses fewer of its 256 levels is told to be flat. */
const FEW_LEVELS = 25.6;

/**
 * The sample values that a stretch maps to black and white, over all channels together, so that hues stay.
 *
 * Convention: percentiles over the finite samples with linear interpolation, as `numpy.percentile` has them by default.
 * `auto` takes the percentiles 0.1 and 99.9, and the extremes where both have the same value.
 *
 * @param samples any shape. Not modified. Without a finite one, the range is 0 to 0.
 * @param noData  value of samples that were not measured: they do not count. @default every sample was
 */
export function stretchRange(
	samples: Samples,
	stretch: Exclude<StretchOption, "none">,
	noData?: number | undefined,
): StretchRange {
	if (stretch !== "auto") {
		return "black" in stretch ? stretch : percentileRange(samples, stretch, noData);
	}
	const range = percentileRange(samples, AUTO, noData);
	return range.white > range.black ? range : percentileRange(samples, { low: 0, high: 100 }, noData);
}

/**
 * Map samples to 8 bits, a range linearly to 0..255: rounded to nearest, clipped.
 *
 * Convention: NaN becomes 0. In a range without contrast integers are only narrowed to 8 bits, and of floats those above
 * it become 255, the rest 0.
 *
 * @param samples any shape. Not modified.
 */
export function stretchSamples(samples: Samples, { black, white }: StretchRange): Uint8Array {
	const hasContrast = white > black;
	if (!hasContrast && !(samples instanceof Float32Array)) {
		return samples instanceof Uint8Array ? samples.slice() : narrowTo8Bits(samples);
	}
	const scale = hasContrast ? 255 / (white - black) : Number.POSITIVE_INFINITY;
	const level = (value: number) => (value > black ? Math.floor(Math.min((value - black) * scale, 255) + 0.5) : 0);
	const output = new Uint8Array(samples.length);
	if (samples instanceof Float32Array) {
		for (let i = 0; i < samples.length; i++) {
			output[i] = level(samples[i]);
		}
		return output;
	}
	const levels = Uint8Array.from({ length: levelsOf(samples) }, (_, value) => level(value));
	for (let i = 0; i < samples.length; i++) {
		output[i] = levels[samples[i]];
	}
	return output;
}

/** Samples of 8 bits after a stretch. */
export interface Stretched {
	readonly data: Uint8Array;
	/** What became black and white. @default nothing was stretched */
	readonly stretch?: StretchRange;
	readonly warnings: readonly Warning[];
}

/**
 * Stretch samples of 8 bits if percentiles or values say so. `auto` leaves them alone, and warns where they use less
 * than a tenth of their range.
 *
 * @param data   any shape. Not modified.
 * @param noData value of samples that were not measured. @default every sample was
 */
export function stretch8Bits(data: Uint8Array, stretch: StretchOption, noData?: number | undefined): Stretched {
	if (stretch === "none") {
		return { data, warnings: [] };
	}
	const range = stretchRange(data, stretch, noData);
	if (stretch !== "auto") {
		return { data: stretchSamples(data, range), stretch: range, warnings: [] };
	}
	const levels = range.white - range.black;
	return { data, warnings: levels > 0 && levels < FEW_LEVELS ? [lowContrast(range)] : [] };
}

function lowContrast({ black, white }: StretchRange): Warning {
	return {
		code: "CONTRAST_LOW",
		message:
			`Nearly all samples lie between ${Math.round(black)} and ${Math.round(white)} of 0 to 255, less than a tenth of ` +
			"the range. The option stretch (--stretch 0.1,99.9) spreads them.",
	};
}

/** 16-bit samples to 8 bits: divided by 257, rounded to nearest, so that 65535 becomes 255. */
export function narrowTo8Bits(data: Uint16Array): Uint8Array {
	const output = new Uint8Array(data.length);
	for (let i = 0; i < data.length; i++) {
		output[i] = Math.floor(data[i] / 257 + 0.5);
	}
	return output;
}

function percentileRange(
	samples: Samples,
	{ low, high }: { readonly low: number; readonly high: number },
	noData: number | undefined,
): StretchRange {
	const { count, orderStatistic } =
		samples instanceof Float32Array ? orderFloats(samples, noData) : orderIntegers(samples, noData);
	if (count === 0) {
		return { black: 0, white: 0 };
	}
	const percentile = (percent: number) => {
		const position = (percent / 100) * (count - 1);
		const rank = Math.floor(position);
		const below = orderStatistic(rank);
		const share = position - rank;
		return share === 0 ? below : below + (orderStatistic(rank + 1) - below) * share;
	};
	return { black: percentile(low), white: percentile(high) };
}

/** Samples that count, in their order. */
interface OrderedSamples {
	readonly count: number;
	/** The sample at a rank, 0-based. */
	orderStatistic(rank: number): number;
}

function orderFloats(samples: Float32Array, noData: number | undefined): OrderedSamples {
	const counting = countingSamples(samples, noData);
	return { count: counting.length, orderStatistic: (rank) => floatOfRank(counting, rank) };
}

function orderIntegers(samples: Uint8Array | Uint16Array, noData: number | undefined): OrderedSamples {
	const histogram = histogramOf(samples);
	const absent = noData === undefined ? 0 : (histogram[noData] ?? 0);
	if (absent > 0) {
		histogram[noData as number] = 0;
	}
	return { count: samples.length - absent, orderStatistic: (rank) => findDigit(histogram, rank)[0] };
}

function levelsOf(samples: Uint8Array | Uint16Array): number {
	return samples instanceof Uint8Array ? 256 : 65536;
}

function histogramOf(samples: Uint8Array | Uint16Array): Float64Array {
	const histogram = new Float64Array(levelsOf(samples));
	for (let i = 0; i < samples.length; i++) {
		histogram[samples[i]]++;
	}
	return histogram;
}

/** Finite samples with data. Two plain loops: `filter` of a typed array boxes every element, gigabytes for a large picture. */
function countingSamples(samples: Float32Array, noData = Number.NaN): Float32Array {
	const absent = Math.fround(noData);
	const counts = (sample: number) => Number.isFinite(sample) && sample !== absent;
	let count = 0;
	for (let i = 0; i < samples.length; i++) {
		if (counts(samples[i])) {
			count++;
		}
	}
	const counting = new Float32Array(count);
	let next = 0;
	for (let i = 0; i < samples.length; i++) {
		if (counts(samples[i])) {
			counting[next++] = samples[i];
		}
	}
	return counting;
}

/** The value at `rank` (0-based) among the sorted samples, found without sorting: one half of its key after the other. */
function floatOfRank(finite: Float32Array, rank: number): number {
	const bits = new Uint32Array(finite.buffer, finite.byteOffset, finite.length);
	const upper = new Float64Array(65536);
	for (let i = 0; i < bits.length; i++) {
		upper[orderedKey(bits[i]) >>> 16]++;
	}
	const [high, rest] = findDigit(upper, rank);
	const lower = new Float64Array(65536);
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
