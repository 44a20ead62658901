import type { Kernels, Pixels } from "../kernels.ts";
import { medianFilter as referenceMedianFilter } from "../reference/median-filter.ts";
import type { Engine } from "./engine.ts";
import { networkMedian } from "./network-median.ts";

/** The median of a square window: the algorithm by the side of the window. */
export function createMedianFilter(engine: Engine): Kernels["medianFilter"] {
	return <T extends Pixels>(source: T, width: number, height: number, channels: number, window: number): T => {
		if (window === 3 || window === 5) {
			const output = emptyLike(source);
			engine((workspace) => networkMedian(workspace, source, output, width, height, channels, window));
			return output;
		}
		return referenceMedianFilter(source, width, height, channels, window);
	};
}

function emptyLike<T extends Pixels>(source: T): T {
	return (source instanceof Uint8Array ? new Uint8Array(source.length) : new Uint16Array(source.length)) as T;
}
