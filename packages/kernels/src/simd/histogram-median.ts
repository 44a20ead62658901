import type { Pixels } from "../kernels.ts";
import type { DistinctValues } from "../reference/distinct-values.ts";
import type { Engine, Workspace } from "./engine.ts";
import { rankRows, rankWriter } from "./rank-rows.ts";

/** Bins of a histogram. */
const BINS = 16;
/** As many values fit into histograms of one level, which are much faster. */
export const FEW_LEVELS = BINS;
/** Largest window whose pixels can be counted in 8 bits. */
const LARGEST_WINDOW_8 = 15;
/** Bytes of histograms that are kept at once: a strip of columns, held by the processor's cache. */
const HISTOGRAM_BYTES = 2 ** 18;
/** `medianMany16` needs most. */
const STATE_BYTES = 640;

/**
 * Median by cumulative histograms of columns, in a time that does not depend on the window, in strips of columns.
 *
 * Source: Perreault, Hébert 2007, doi:10.1109/TIP.2007.902329.
 *
 * @param output overwritten. Shape (height, width, channels).
 * @param levels the values of `source`, at most 256; undefined for any bytes.
 */
export function histogramMedian<T extends Pixels>(
	engine: Engine,
	source: T,
	output: T,
	levels: DistinctValues | undefined,
	width: number,
	height: number,
	channels: number,
	window: number,
): void {
	const radius = window >> 1;
	const wide = window > LARGEST_WINDOW_8;
	const few = levels !== undefined && levels.count <= FEW_LEVELS;
	const histogramBytes = wide ? 2 * BINS : BINS;
	const columnBytes = (few ? histogramBytes : (BINS + 1) * histogramBytes) * channels;
	// A strip is filtered together with its borders: it must not be narrow beside them.
	const stripColumns = Math.max(Math.floor(HISTOGRAM_BYTES / columnBytes) - 2 * radius, 4 * radius, 16);
	for (let begin = 0; begin < width; begin += stripColumns) {
		const end = Math.min(width, begin + stripColumns);
		engine((strip) => {
			const rows = rankRows(strip, { source, levels, width, height, channels, window, begin, end });
			const filterRow = (few ? fewLevels : manyLevels)(strip, rows.length, channels, window, end - begin);
			const length = (end - begin) * channels;
			const ranks = strip.reserve(length);
			const write = rankWriter(strip, levels, source instanceof Uint16Array, length);
			for (let y = -radius; y < radius; y++) {
				filterRow.replace(rows.zeros, rows.at(y));
			}
			for (let y = 0; y < height; y++) {
				filterRow.replace(y === 0 ? rows.zeros : rows.at(y - radius - 1), rows.at(y + radius));
				filterRow.median(ranks);
				const start = (y * width + begin) * channels;
				write(ranks, output.subarray(start, start + length));
			}
		});
	}
}

/** Histograms of a strip of columns, at first `window` rows of rank 0. */
interface Histograms {
	/** Let one row of ranks take the place of another. */
	replace(old: number, fresh: number): void;
	/** The row of medians. */
	median(output: number): void;
}

type CreateHistograms = (
	workspace: Workspace,
	length: number,
	channels: number,
	window: number,
	count: number,
) => Histograms;

const fewLevels: CreateHistograms = (workspace, length, channels, window, count) => {
	const { wasm } = workspace;
	const wide = window > LARGEST_WINDOW_8;
	const steps = workspace.copyIn(cumulativeSteps(wide));
	const columns = workspace.copyIn(createCounts(wide, length * BINS).fill(window));
	const replace = wide ? wasm.replaceFew16 : wasm.replaceFew8;
	const median = wide ? wasm.medianFew16 : wasm.medianFew8;
	return {
		replace: (old, fresh) => replace(old, fresh, columns, steps, length),
		median: (output) => median(columns, channels, window, output, count),
	};
};

const manyLevels: CreateHistograms = (workspace, length, channels, window, count) => {
	const { wasm } = workspace;
	const wide = window > LARGEST_WINDOW_8;
	const steps = workspace.copyIn(cumulativeSteps(wide));
	const counts = createCounts(wide, length * BINS).fill(window);
	const coarse = workspace.copyIn(counts);
	const fine = workspace.reserve(BINS * counts.byteLength);
	workspace.write(fine, counts);
	workspace.clear(fine + counts.byteLength, (BINS - 1) * counts.byteLength);
	const state = workspace.reserve(STATE_BYTES);
	const replace = wide ? wasm.replaceMany16 : wasm.replaceMany8;
	const median = wide ? wasm.medianMany16 : wasm.medianMany8;
	return {
		replace: (old, fresh) => replace(old, fresh, coarse, fine, counts.byteLength, steps, length),
		median: (output) => median(coarse, fine, counts.byteLength, state, channels, window, output, count),
	};
};

/** The cumulative histograms of one pixel of each rank. Shape (BINS, BINS). */
function cumulativeSteps(wide: boolean): Uint8Array | Uint16Array {
	return createCounts(wide, BINS * BINS).map((_, i) => (i % BINS >= Math.floor(i / BINS) ? 1 : 0));
}

function createCounts(wide: boolean, length: number): Uint8Array | Uint16Array {
	return wide ? new Uint16Array(length) : new Uint8Array(length);
}
