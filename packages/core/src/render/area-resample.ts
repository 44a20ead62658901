import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "../image/rgb-image.ts";

/** Writes row `y` of an RGB picture into `row`, shape (width, 3). */
export type RowReader = (y: number, row: Uint8Array) => void;

/** Which source pixels the output pixels cover along one axis. */
interface Coverage {
	/** First source pixel of each output pixel. */
	readonly firsts: Int32Array;
	/** Source pixels that each output pixel has weights for: the most that any covers. */
	readonly taps: number;
	/** The share of each source pixel; 0 behind the last that is covered. Shape (output pixels, taps). */
	readonly weights: Float64Array;
}

function coverage(size: number, outputSize: number): Coverage {
	const scale = size / outputSize;
	const taps = Math.ceil(scale) + 1;
	const firsts = new Int32Array(outputSize);
	const weights = new Float64Array(outputSize * taps);
	for (let index = 0; index < outputSize; index++) {
		const begin = index * scale;
		const end = Math.min((index + 1) * scale, size);
		const first = Math.min(Math.floor(begin), size - 1);
		const row = weights.subarray(index * taps, (index + 1) * taps);
		let sum = 0;
		for (let offset = 0; offset < taps; offset++) {
			row[offset] = Math.max(0, Math.min(first + offset + 1, end) - Math.max(first + offset, begin));
			sum += row[offset];
		}
		for (let offset = 0; offset < taps; offset++) {
			row[offset] /= sum;
		}
		firsts[index] = first;
	}
	return { firsts, taps, weights };
}

/**
 * Resize by the exact area that each output pixel covers, so flat colours never overshoot: shrinking averages, enlarging
 * shows square pixels with antialiased borders.
 *
 * Convention: pixels are squares; output pixel x covers source [x * width / outputWidth, (x + 1) * width / outputWidth).
 *
 * @param readRow source of the picture (height, width, 3), asked row by row from the top.
 * @param check   called between rows; what it throws ends the call. Default: none.
 */
export function areaResample(
	readRow: RowReader,
	width: number,
	height: number,
	outputWidth: number,
	outputHeight: number,
	check: Check = noCheck,
): RgbImage {
	const across = coverage(width, outputWidth);
	const down = coverage(height, outputHeight);
	// Behind the last pixel stay as many zeros as the last output pixel may ask for.
	const padded = new Uint8Array((width + across.taps) * 3);
	const source = padded.subarray(0, width * 3);
	const narrowed = new Float64Array(outputWidth * 3);
	const sums = new Float64Array(outputWidth * 3);
	const data = new Uint8Array(outputWidth * outputHeight * 3);
	let loaded = -1;
	for (let y = 0; y < outputHeight; y++) {
		check();
		sums.fill(0.5);
		for (let offset = 0; offset < down.taps; offset++) {
			const weight = down.weights[y * down.taps + offset];
			if (weight > 0) {
				const row = down.firsts[y] + offset;
				if (row !== loaded) {
					readRow(row, source);
					narrow(padded, across, narrowed);
					loaded = row;
				}
				addWeighted(sums, narrowed, weight);
			}
		}
		data.set(sums, y * sums.length);
	}
	return { data, width: outputWidth, height: outputHeight };
}

/** Resample one row. */
function narrow(source: Uint8Array, { firsts, taps, weights }: Coverage, narrowed: Float64Array): void {
	for (let x = 0, at = 0, out = 0; x < firsts.length; x++, out += 3) {
		let red = 0;
		let green = 0;
		let blue = 0;
		for (let end = at + taps, index = firsts[x] * 3; at < end; at++, index += 3) {
			const weight = weights[at];
			red += weight * source[index];
			green += weight * source[index + 1];
			blue += weight * source[index + 2];
		}
		narrowed[out] = red;
		narrowed[out + 1] = green;
		narrowed[out + 2] = blue;
	}
}

function addWeighted(sums: Float64Array, values: Float64Array, weight: number): void {
	for (let index = 0; index < sums.length; index++) {
		sums[index] += weight * values[index];
	}
}
