import { DinosegError } from "../errors/index.ts";
import { PERCENTILE } from "../options/index.ts";

export interface StretchOptions {
	/** Percentile that becomes black, 0 to 100. */
	readonly low: number;
	/** Percentile that becomes white, 0 to 100, above `low`. */
	readonly high: number;
}

/**
 * Stretch the range between two percentiles to 0..255, for microscopy and other pictures that use a part of their
 * range. One range for all channels, so that hues stay. Where both percentiles have the same value nothing can be
 * stretched: the samples are only narrowed to 8 bits.
 *
 * Convention: percentiles over all samples with linear interpolation, as `numpy.percentile` has them by default;
 * rounded to nearest, clipped.
 *
 * @param data samples, any channel count, shape (height, width, channels). Not modified.
 * @throws DinosegError OPTION_INVALID
 */
export function stretchContrast(data: Uint8Array | Uint16Array, options: StretchOptions): Uint8Array {
	const { low, high } = options;
	const { min, max } = PERCENTILE;
	if (!(low >= min && high <= max && low < high)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`stretchContrast: stretch must be two rising percentiles from ${min} to ${max}, got ${low},${high}. ` +
				"Use for example 1,99.",
			{ details: { option: "stretch", value: `${low},${high}` } },
		);
	}
	const histogram = new Float64Array(data instanceof Uint8Array ? 256 : 65536);
	for (let i = 0; i < data.length; i++) {
		histogram[data[i]]++;
	}
	const black = percentile(histogram, data.length, low);
	const white = percentile(histogram, data.length, high);
	if (!(white > black)) {
		return data instanceof Uint8Array ? data.slice() : narrowTo8Bits(data);
	}
	const levels = new Uint8Array(histogram.length);
	for (let level = 0; level < levels.length; level++) {
		const share = Math.min(Math.max((level - black) / (white - black), 0), 1);
		levels[level] = Math.floor(255 * share + 0.5);
	}
	return mapLevels(data, levels);
}

/** 16-bit samples to 8 bits: divided by 257, rounded to nearest, so that 65535 becomes 255. */
export function narrowTo8Bits(data: Uint16Array): Uint8Array {
	const output = new Uint8Array(data.length);
	for (let i = 0; i < data.length; i++) {
		output[i] = Math.floor(data[i] / 257 + 0.5);
	}
	return output;
}

function mapLevels(data: Uint8Array | Uint16Array, levels: Uint8Array): Uint8Array {
	const output = new Uint8Array(data.length);
	for (let i = 0; i < data.length; i++) {
		output[i] = levels[data[i]];
	}
	return output;
}

/** Linear interpolation between the two order statistics around `percent / 100 * (count - 1)`. */
function percentile(histogram: Float64Array, count: number, percent: number): number {
	const position = (percent / 100) * (count - 1);
	const lower = Math.floor(position);
	const below = orderStatistic(histogram, lower);
	const above = orderStatistic(histogram, Math.min(lower + 1, count - 1));
	return below + (above - below) * (position - lower);
}

/** The value at `rank` (0-based) among the sorted samples. */
function orderStatistic(histogram: Float64Array, rank: number): number {
	let value = 0;
	for (let passed = histogram[0]; passed <= rank && value < histogram.length - 1; passed += histogram[value]) {
		value++;
	}
	return value;
}
