import type { Check } from "../kernels.ts";
import { copyPixels } from "../steps.ts";
import { axisWeights, PRECISION_BITS } from "./resize-weights.ts";

/**
 * Antialiased bicubic resize on 8 bits: a horizontal and then a vertical pass, each rounded and clipped. A pass that
 * does not change its side is left out. Equal to Pillow's `Image.resize(BICUBIC)`.
 *
 * Convention: (height, width, channels) row-major; pixel centres at half-integers; a = -0.5; when shrinking the
 * kernel is widened by the scale; weights are cut at the border and renormalised, then rounded to 22 bits.
 * Source: Pillow, src/libImaging/Resample.c.
 */
export function resizeBicubic(
	check: Check,
	source: Uint8Array,
	width: number,
	height: number,
	channels: number,
	outputWidth: number,
	outputHeight: number,
): Uint8Array {
	const narrowed = outputWidth === width ? source : resizeRows(check, source, width, height, channels, outputWidth);
	if (outputHeight !== height) {
		return resizeColumns(check, narrowed, outputWidth * channels, height, outputHeight);
	}
	return narrowed === source ? copyPixels(check, source) : narrowed;
}

function resizeRows(
	check: Check,
	source: Uint8Array,
	width: number,
	height: number,
	channels: number,
	outputWidth: number,
): Uint8Array {
	const { starts, lengths, weights, taps } = axisWeights(width, outputWidth);
	const output = new Uint8Array(height * outputWidth * channels);
	let target = 0;
	for (let y = 0; y < height; y++) {
		check();
		const row = y * width * channels;
		for (let x = 0; x < outputWidth; x++) {
			const first = row + starts[x] * channels;
			const begin = x * taps;
			const end = begin + lengths[x];
			for (let channel = 0; channel < channels; channel++) {
				let sum = 1 << (PRECISION_BITS - 1);
				for (let tap = begin, at = first + channel; tap < end; tap++, at += channels) {
					sum = (sum + Math.imul(source[at], weights[tap])) | 0;
				}
				output[target++] = clip(sum >> PRECISION_BITS);
			}
		}
	}
	return output;
}

/** @param rowLength samples in a row: width times channels. */
function resizeColumns(
	check: Check,
	source: Uint8Array,
	rowLength: number,
	height: number,
	outputHeight: number,
): Uint8Array {
	const { starts, lengths, weights, taps } = axisWeights(height, outputHeight);
	const output = new Uint8Array(outputHeight * rowLength);
	const sums = new Int32Array(rowLength);
	for (let y = 0; y < outputHeight; y++) {
		check();
		sums.fill(1 << (PRECISION_BITS - 1));
		for (let tap = 0; tap < lengths[y]; tap++) {
			const weight = weights[y * taps + tap];
			const row = (starts[y] + tap) * rowLength;
			for (let i = 0; i < rowLength; i++) {
				sums[i] += Math.imul(source[row + i], weight);
			}
		}
		const target = y * rowLength;
		for (let i = 0; i < rowLength; i++) {
			output[target + i] = clip(sums[i] >> PRECISION_BITS);
		}
	}
	return output;
}

function clip(value: number): number {
	return Math.min(Math.max(value, 0), 255);
}
