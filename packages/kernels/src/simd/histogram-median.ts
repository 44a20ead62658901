import type { Workspace } from "./engine.ts";
import type { Columns, RankFilter } from "./rank-filter.ts";

/** Bins of a histogram. */
const BINS = 16;
/** As many values fit into histograms of one level, which are much faster. */
export const FEW_LEVELS = BINS;
/** Largest window whose pixels can be counted in 8 bits. */
const LARGEST_WINDOW_8 = 15;
/** `medianMany16` needs most. */
const STATE_BYTES = 640;

/**
 * The median by cumulative histograms of columns, in a time that does not depend on the window.
 *
 * Source: Perreault, Hébert 2007, doi:10.1109/TIP.2007.902329.
 *
 * @param few whether there are at most `FEW_LEVELS` values; else at most 256.
 */
export function histogramMedian(few: boolean, channels: number, window: number): RankFilter {
	const wide = window > LARGEST_WINDOW_8;
	const columnCounts = few ? BINS : BINS + BINS * BINS;
	return {
		columnBytes: columnCounts * channels * (wide ? 2 : 1),
		createColumns(workspace, length, count) {
			const steps = workspace.copyIn(cumulativeSteps(wide));
			const bottom = createCounts(wide, length * BINS).fill(window);
			const columns = workspace.copyIn(bottom);
			return few
				? fewLevels(workspace, { columns, steps, length, channels, window, count })
				: manyLevels(workspace, { columns, steps, length, channels, window, count }, bottom);
		},
	};
}

interface Strip {
	/** Histograms by rank, or by coarse rank where there are many. */
	readonly columns: number;
	readonly steps: number;
	readonly length: number;
	readonly channels: number;
	readonly window: number;
	readonly count: number;
}

function fewLevels({ wasm }: Workspace, { columns, steps, length, channels, window, count }: Strip): Columns {
	const wide = window > LARGEST_WINDOW_8;
	const replace = wide ? wasm.replaceFew16 : wasm.replaceFew8;
	const median = wide ? wasm.medianFew16 : wasm.medianFew8;
	return {
		replace: (old, fresh) => replace(old, fresh, columns, steps, length),
		filter: (output) => median(columns, channels, window, output, count),
	};
}

/** @param bottom counts of the lowest coarse rank: all pixels have it at first. */
function manyLevels(workspace: Workspace, strip: Strip, bottom: Uint8Array | Uint16Array): Columns {
	const { wasm } = workspace;
	const { columns, steps, length, channels, window, count } = strip;
	const wide = window > LARGEST_WINDOW_8;
	const fineStride = bottom.byteLength;
	const fine = workspace.reserve(BINS * fineStride);
	workspace.write(fine, bottom);
	workspace.clear(fine + fineStride, (BINS - 1) * fineStride);
	const state = workspace.reserve(STATE_BYTES);
	const replace = wide ? wasm.replaceMany16 : wasm.replaceMany8;
	const median = wide ? wasm.medianMany16 : wasm.medianMany8;
	return {
		replace: (old, fresh) => replace(old, fresh, columns, fine, fineStride, steps, length),
		filter: (output) => median(columns, fine, fineStride, state, channels, window, output, count),
	};
}

/** The cumulative histograms of one pixel of each rank. Shape (BINS, BINS). */
function cumulativeSteps(wide: boolean): Uint8Array | Uint16Array {
	return createCounts(wide, BINS * BINS).map((_, i) => (i % BINS >= Math.floor(i / BINS) ? 1 : 0));
}

function createCounts(wide: boolean, length: number): Uint8Array | Uint16Array {
	return wide ? new Uint16Array(length) : new Uint8Array(length);
}
