import type { Check, Kernels, Pixels } from "../kernels.ts";
import { majorityFilter as referenceMajorityFilter } from "../reference/majority-filter.ts";
import { distinctValues } from "../reference/rank-filters.ts";
import { copyPixels, emptyLike } from "../steps.ts";
import type { Engine } from "./engine.ts";
import { filterRanks, type RankFilter } from "./rank-filter.ts";

/** Ranks are bytes. */
const MOST_LABELS = 256;
/** Bins of a block of a histogram. */
const BINS = 16;
const BLOCK_BYTES = 2 * BINS;

/** See the reference; here the columns hold whole histograms, which vectors add and compare at once. */
export function createMajorityFilter(engine: Engine, check: Check): Kernels["majorityFilter"] {
	return <T extends Pixels>(labels: T, width: number, height: number, labelCount: number, window: number): T => {
		const levels = distinctValues(check, labels, labelCount);
		if (window === 1 || levels.count === 1) {
			return copyPixels(check, labels);
		}
		if (levels.count > MOST_LABELS) {
			return referenceMajorityFilter(check, labels, width, height, labelCount, window);
		}
		const output = emptyLike(labels);
		const picture = { source: labels, levels, width, height, channels: 1 };
		filterRanks(engine, majority(levels.count, window), picture, output, window);
		return output;
	};
}

function majority(count: number, window: number): RankFilter {
	const blocks = Math.ceil(count / BINS);
	return {
		columnBytes: blocks * BLOCK_BYTES,
		createColumns(workspace, length, outputCount) {
			const { wasm } = workspace;
			const bottom = new Uint16Array(length * blocks * BINS);
			for (let column = 0; column < length; column++) {
				bottom[column * blocks * BINS] = window;
			}
			const columns = workspace.copyIn(bottom);
			const sum = workspace.reserve(blocks * BLOCK_BYTES);
			return {
				replace: (old, fresh) => wasm.replaceRanks(old, fresh, columns, blocks, length),
				filter: (output) => wasm.majorityRow(columns, blocks, sum, window, output, outputCount),
			};
		},
	};
}
