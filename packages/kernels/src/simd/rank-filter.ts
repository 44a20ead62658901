import type { Pixels } from "../kernels.ts";
import type { Engine, Workspace } from "./engine.ts";
import { type RankPicture, rankRows, rankWriter } from "./rank-rows.ts";

/** Bytes of histograms that are kept at once: a strip of columns, held by the processor's cache. */
const HISTOGRAM_BYTES = 2 ** 19;

/** A filter over square windows that depends on how often each value occurs. */
export interface RankFilter {
	/** Bytes of the histograms of one pixel's column. */
	readonly columnBytes: number;
	/**
	 * @param length elements in a row of a strip, borders included.
	 * @param count output pixels in a row.
	 */
	createColumns(workspace: Workspace, length: number, count: number): Columns;
}

/** Histograms of the columns of a strip, at first `window` rows of rank 0. */
export interface Columns {
	/** Let one row of ranks take the place of another. */
	replace(old: number, fresh: number): void;
	/** Make one row of ranks. */
	filter(output: number): void;
}

/**
 * Run a filter over a picture, border replicated, in strips of columns from top to bottom.
 *
 * @param output overwritten. Shape (height, width, channels).
 */
export function filterRanks<T extends Pixels>(
	engine: Engine,
	filter: RankFilter,
	picture: RankPicture<T>,
	output: T,
	window: number,
): void {
	const { source, levels, width, height, channels } = picture;
	const radius = window >> 1;
	// A strip is filtered together with its borders: it must not be narrow beside them.
	const stripColumns = Math.max(Math.floor(HISTOGRAM_BYTES / filter.columnBytes) - 2 * radius, 4 * radius, 16);
	for (let begin = 0; begin < width; begin += stripColumns) {
		const end = Math.min(width, begin + stripColumns);
		engine((workspace) => {
			const rows = rankRows(workspace, { ...picture, window, begin, end });
			const columns = filter.createColumns(workspace, rows.length, end - begin);
			const length = (end - begin) * channels;
			const ranks = workspace.reserve(length);
			const write = rankWriter(workspace, levels, source.BYTES_PER_ELEMENT, length);
			for (let y = -radius; y < radius; y++) {
				columns.replace(rows.zeros, rows.at(y));
			}
			for (let y = 0; y < height; y++) {
				workspace.check();
				columns.replace(y === 0 ? rows.zeros : rows.at(y - radius - 1), rows.at(y + radius));
				columns.filter(ranks);
				const start = (y * width + begin) * channels;
				write(ranks, output.subarray(start, start + length));
			}
		});
	}
}
