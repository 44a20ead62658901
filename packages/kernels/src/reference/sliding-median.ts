import type { Check } from "../kernels.ts";
import { clampIndex } from "./rank-filters.ts";

/**
 * Median with one histogram of the window that slides along the row: `window` values leave, `window` enter, and the
 * median moves by as many levels as it has to.
 *
 * Source: Huang, Yang, Tang 1979, doi:10.1109/TASSP.1979.1163188.
 *
 * @param output overwritten. Shape (height, width, channels).
 */
export function slidingMedian(
	check: Check,
	source: Uint8Array,
	output: Uint8Array,
	width: number,
	height: number,
	channels: number,
	window: number,
): void {
	const radius = window >> 1;
	const half = (window * window) >> 1;
	const histogram = new Int32Array(256);
	const columnOffsets = new Int32Array(width + 2 * radius);
	for (let i = 0; i < columnOffsets.length; i++) {
		columnOffsets[i] = clampIndex(i - radius, width) * channels;
	}
	const rowOffsets = new Int32Array(window);
	for (let channel = 0; channel < channels; channel++) {
		for (let y = 0; y < height; y++) {
			check();
			histogram.fill(0);
			for (let i = 0; i < window; i++) {
				const row = clampIndex(y + i - radius, height) * width * channels + channel;
				rowOffsets[i] = row;
				for (let j = 0; j < window; j++) {
					histogram[source[row + columnOffsets[j]]]++;
				}
			}
			const outputRow = y * width * channels + channel;
			let median = 0;
			// Values of the window that lie below `median`.
			let below = 0;
			for (let x = 0; ; ) {
				while (below > half) {
					median--;
					below -= histogram[median];
				}
				while (below + histogram[median] <= half) {
					below += histogram[median];
					median++;
				}
				output[outputRow + x * channels] = median;
				if (x === width - 1) {
					break;
				}
				const leaving = columnOffsets[x];
				const entering = columnOffsets[x + window];
				x++;
				for (let i = 0; i < window; i++) {
					const old = source[rowOffsets[i] + leaving];
					const fresh = source[rowOffsets[i] + entering];
					histogram[old]--;
					histogram[fresh]++;
					// The sign bit is the comparison: a branch here would be mispredicted half of the time.
					below += ((fresh - median) >>> 31) - ((old - median) >>> 31);
				}
			}
		}
	}
}
