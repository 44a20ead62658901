import type { Check, Kernels, Pixels } from "../kernels.ts";
import { medianFilter as referenceMedianFilter } from "../reference/median-filter.ts";
import { type DistinctValues, distinctValues } from "../reference/rank-filters.ts";
import { checkedParts, copyPixels, emptyLike } from "../steps.ts";
import type { Engine } from "./engine.ts";
import { FEW_LEVELS, histogramMedian } from "./histogram-median.ts";
import { networkMedian } from "./network-median.ts";
import { filterRanks } from "./rank-filter.ts";

/** Ranks are bytes. */
const MOST_LEVELS = 256;

/** The median of a square window: the algorithm by the side of the window and the number of values. */
export function createMedianFilter(engine: Engine, check: Check): Kernels["medianFilter"] {
	return <T extends Pixels>(source: T, width: number, height: number, channels: number, window: number): T => {
		if (window === 3 || window === 5) {
			const output = emptyLike(source);
			engine((workspace) => networkMedian(workspace, source, output, width, height, channels, window));
			return output;
		}
		const levels = levelsOf(check, source);
		if (window === 1 || levels?.count === 1) {
			return copyPixels(check, source);
		}
		if (levels !== undefined && levels.count > MOST_LEVELS) {
			return referenceMedianFilter(check, source, width, height, channels, window);
		}
		const output = emptyLike(source);
		const few = levels !== undefined && levels.count <= FEW_LEVELS;
		const picture = { source, levels, width, height, channels };
		filterRanks(engine, histogramMedian(few, channels, window), picture, output, window);
		return output;
	};
}

/** Undefined for bytes that histograms of few ranks cannot hold: then they are their own ranks. */
function levelsOf(check: Check, source: Pixels): DistinctValues | undefined {
	if (source instanceof Uint16Array) {
		return distinctValues(check, source, 65536);
	}
	return holdsMoreThan(check, source, FEW_LEVELS) ? undefined : distinctValues(check, source, 256);
}

/** A picture shows it within its first pixels, a label map is read to the end. */
function holdsMoreThan(check: Check, source: Uint8Array, limit: number): boolean {
	const present = new Uint8Array(256);
	let count = 0;
	for (const { from, to } of checkedParts(check, source.length)) {
		for (let i = from; i < to && count <= limit; i++) {
			count += 1 - present[source[i]];
			present[source[i]] = 1;
		}
		if (count > limit) {
			return true;
		}
	}
	return false;
}
