import type { Check, Pixels } from "../kernels.ts";
import { copyPixels, emptyLike } from "../steps.ts";
import { clampIndex, distinctValues } from "./rank-filters.ts";
import { ColumnTallies, Tally } from "./tallies.ts";

/**
 * Most frequent label in a `window` x `window` square, border replicated, lowest label on ties.
 *
 * The tally of the window slides along the row. What enters and leaves is a column of `window` pixels, held as its
 * few (label, count) pairs, which are kept up to date from row to row. A step between two columns of the same single
 * label changes nothing and costs nothing.
 *
 * Convention: (height, width) row-major; `window` odd, 1..255. Time per pixel grows with the labels in a column and
 * the logarithm of the labels in the map, memory with width * min(window, labels in the map).
 *
 * @param labelCount all labels are below this.
 */
export function majorityFilter<T extends Pixels>(
	check: Check,
	labels: T,
	width: number,
	height: number,
	labelCount: number,
	window: number,
): T {
	const { values, rankOf, count } = distinctValues(check, labels, labelCount);
	if (count === 1 || window === 1) {
		return copyPixels(check, labels);
	}
	const output = emptyLike(labels);
	const radius = window >> 1;
	const tally = new Tally(count);
	const columns = new ColumnTallies(width, Math.min(window, count));
	for (let y = -radius; y <= radius; y++) {
		const row = clampIndex(y, height) * width;
		for (let x = 0; x < width; x++) {
			columns.increment(x, rankOf[labels[row + x]]);
		}
	}
	for (let y = 0; y < height; y++) {
		check();
		if (y > 0) {
			const leaving = clampIndex(y - radius - 1, height) * width;
			const entering = clampIndex(y + radius, height) * width;
			for (let x = 0; x < width; x++) {
				const old = labels[leaving + x];
				const fresh = labels[entering + x];
				if (old !== fresh) {
					columns.decrement(x, rankOf[old]);
					columns.increment(x, rankOf[fresh]);
				}
			}
		}
		for (let x = -radius; x <= radius; x++) {
			columns.apply(clampIndex(x, width), tally, 1);
		}
		const row = y * width;
		output[row] = values[tally.mode];
		for (let x = 1; x < width; x++) {
			const leaving = clampIndex(x - radius - 1, width);
			const entering = clampIndex(x + radius, width);
			if (leaving !== entering && !columns.sameSingle(leaving, entering)) {
				columns.apply(leaving, tally, -1);
				columns.apply(entering, tally, 1);
			}
			output[row + x] = values[tally.mode];
		}
		// The columns change before the next row: empty the tally while they still are what was added.
		for (let x = width - 1 - radius; x <= width - 1 + radius; x++) {
			columns.apply(clampIndex(x, width), tally, -1);
		}
	}
	return output;
}
