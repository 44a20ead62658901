import type { Check, Pixels } from "../kernels.ts";
import { clampIndex, type DistinctValues } from "./rank-filters.ts";

/** Histogram bins held at once, a megabyte: what exceeds the processor's cache is done faster in vertical strips. */
const BIN_BUDGET = 2 ** 19;

/**
 * Median whose time does not depend on the window: one histogram per column moves down with the rows, the histogram
 * of the window is a sum of columns. Two levels: coarse bins are kept up to date, of the fine bins only the segment
 * that holds the median is, when it is asked for.
 *
 * Bins are 16 bits wide, added in pairs as 32-bit words: bins of a window of side <= 255 never carry into the next.
 *
 * Source: Perreault, Hébert 2007, doi:10.1109/TIP.2007.902329.
 *
 * @param output overwritten. Shape (height, width, channels).
 * @param levels the values of `source`, at least two.
 */
export function constantTimeMedian<T extends Pixels>(
	check: Check,
	source: T,
	output: T,
	levels: DistinctValues,
	width: number,
	height: number,
	channels: number,
	window: number,
): void {
	// Both levels as equal as powers of two allow, and at least two bins wide for the 32-bit words.
	let fineBits = 1;
	while (1 << (2 * fineBits) < levels.count) {
		fineBits++;
	}
	const coarse = ((((levels.count - 1) >> fineBits) + 2) >> 1) << 1;
	const columnBins = coarse + (coarse << fineBits);
	const radius = window >> 1;
	const stripColumns = Math.min(width, Math.max(64, Math.floor(BIN_BUDGET / columnBins) - 2 * radius));
	const bins: Bins = { coarse, fineBits, levels };
	for (let channel = 0; channel < channels; channel++) {
		for (let begin = 0; begin < width; begin += stripColumns) {
			const end = Math.min(width, begin + stripColumns);
			filterStrip(check, source, output, { width, height, channels, channel, window, begin, end }, bins);
		}
	}
}

interface Bins {
	readonly levels: DistinctValues;
	/** Number of coarse bins, even. */
	readonly coarse: number;
	/** A coarse bin holds 2^fineBits levels. */
	readonly fineBits: number;
}

interface Strip {
	readonly width: number;
	readonly height: number;
	readonly channels: number;
	readonly channel: number;
	readonly window: number;
	/** First output column. */
	readonly begin: number;
	/** One past the last output column. */
	readonly end: number;
}

function filterStrip<T extends Pixels>(check: Check, source: T, output: T, strip: Strip, bins: Bins): void {
	const { width, height, channels, channel, window, begin, end } = strip;
	const { coarse, fineBits } = bins;
	const { values, rankOf } = bins.levels;
	const radius = window >> 1;
	const half = (window * window) >> 1;
	const rowLength = width * channels;

	const first = Math.max(0, begin - radius);
	const columns = Math.min(width, end + radius) - first;
	const coarseWords = coarse >> 1;
	const fineWords = (1 << fineBits) >> 1;
	// (columns, coarse) and (coarse, columns, fine): the fine bins of one segment lie side by side.
	const columnCoarse = new Uint16Array(columns * coarse);
	const columnCoarseWords = new Uint32Array(columnCoarse.buffer);
	const columnFine = new Uint16Array((columns * coarse) << fineBits);
	const columnFineWords = new Uint32Array(columnFine.buffer);
	const windowCoarse = new Uint16Array(coarse);
	const windowCoarseWords = new Uint32Array(windowCoarse.buffer);
	const windowFine = new Uint16Array(coarse << fineBits);
	const windowFineWords = new Uint32Array(windowFine.buffer);
	// Output column that a fine segment of the window is right for.
	const fineAt = new Int32Array(coarse);

	// Column of the strip that stands at `begin + i - radius`.
	const columnAt = new Int32Array(end - begin + 2 * radius);
	for (let i = 0; i < columnAt.length; i++) {
		columnAt[i] = clampIndex(begin + i - radius, width) - first;
	}

	const mask = (1 << fineBits) - 1;
	const add = (column: number, rank: number, step: number): void => {
		const bin = rank >> fineBits;
		columnCoarse[column * coarse + bin] += step;
		columnFine[((bin * columns + column) << fineBits) + (rank & mask)] += step;
	};
	const stripOffset = first * channels + channel;
	for (let y = -radius; y <= radius; y++) {
		const row = clampIndex(y, height) * rowLength + stripOffset;
		for (let column = 0; column < columns; column++) {
			add(column, rankOf[source[row + column * channels]], 1);
		}
	}
	for (let y = 0; y < height; y++) {
		check();
		if (y > 0) {
			const leaving = clampIndex(y - radius - 1, height) * rowLength + stripOffset;
			const entering = clampIndex(y + radius, height) * rowLength + stripOffset;
			for (let column = 0, at = 0; column < columns; column++, at += channels) {
				const old = source[leaving + at];
				const fresh = source[entering + at];
				if (old !== fresh) {
					add(column, rankOf[old], -1);
					add(column, rankOf[fresh], 1);
				}
			}
		}
		windowCoarse.fill(0);
		for (let i = 0; i < window; i++) {
			const column = columnAt[i] * coarseWords;
			for (let bin = 0; bin < coarseWords; bin++) {
				windowCoarseWords[bin] += columnCoarseWords[column + bin];
			}
		}
		fineAt.fill(begin - window - 1);
		let outputAt = y * rowLength + begin * channels + channel;
		for (let x = begin; x < end; x++, outputAt += channels) {
			const i = x - begin;
			if (i > 0) {
				const leaving = columnAt[i - 1] * coarseWords;
				const entering = columnAt[i - 1 + window] * coarseWords;
				if (leaving !== entering) {
					for (let bin = 0; bin < coarseWords; bin++) {
						windowCoarseWords[bin] += columnCoarseWords[entering + bin] - columnCoarseWords[leaving + bin];
					}
				}
			}
			let below = 0;
			let segment = 0;
			while (below + windowCoarse[segment] <= half) {
				below += windowCoarse[segment++];
			}

			const fine = segment * fineWords;
			const segmentColumns = segment * columns;
			const behind = x - fineAt[segment];
			if (2 * behind > window) {
				for (let bin = 0; bin < fineWords; bin++) {
					windowFineWords[fine + bin] = 0;
				}
				for (let j = i; j < i + window; j++) {
					const column = (segmentColumns + columnAt[j]) * fineWords;
					for (let bin = 0; bin < fineWords; bin++) {
						windowFineWords[fine + bin] += columnFineWords[column + bin];
					}
				}
			} else {
				for (let j = i - behind; j < i; j++) {
					const leaving = (segmentColumns + columnAt[j]) * fineWords;
					const entering = (segmentColumns + columnAt[j + window]) * fineWords;
					for (let bin = 0; bin < fineWords; bin++) {
						windowFineWords[fine + bin] += columnFineWords[entering + bin] - columnFineWords[leaving + bin];
					}
				}
			}
			fineAt[segment] = x;
			let rank = segment << fineBits;
			below += windowFine[rank];
			while (below <= half) {
				below += windowFine[++rank];
			}
			output[outputAt] = values[rank];
		}
	}
}
