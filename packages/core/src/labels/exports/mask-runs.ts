import { checkLabelMap, type LabelMap } from "../label-map.ts";
import type { LabelRegions } from "../label-regions.ts";

/** The pixels of one mask, as runs of the map read row by row. */
export interface MaskRuns {
	/** Id of the segment that the mask is of. */
	readonly segment: number;
	/** Smallest upright rectangle around the mask, pixels. */
	readonly bbox: readonly [left: number, top: number, width: number, height: number];
	/**
	 * Begin and end of each run, by rising begin; the end is exclusive. A position is y · width + x, so a run goes on from
	 * the end of a row to the begin of the next. Shape (runs, 2).
	 */
	readonly runs: Uint32Array;
}

/**
 * The mask of every segment, in two passes over the map.
 *
 * @param regions those of the map, for a mask of each region. @default a mask of each segment
 * @returns by rising id, or in the order of the regions; none for an id that no pixel has.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function maskRuns(labels: LabelMap, regions?: LabelRegions): MaskRuns[] {
	checkLabelMap("maskRuns", labels);
	const { width } = labels;
	const parts = regions?.data ?? labels.data;
	const count = regions?.count ?? highestOf(parts) + 1;
	const ends = new Uint32Array(count);
	forEachRun(parts, (part) => {
		ends[part] += 2;
	});
	let total = 0;
	for (let part = 0; part < count; part++) {
		const own = ends[part];
		ends[part] = total;
		total += own;
	}
	const positions = new Uint32Array(total);
	forEachRun(parts, (part, begin, end) => {
		positions[ends[part]++] = begin;
		positions[ends[part]++] = end;
	});
	const masks: MaskRuns[] = [];
	for (let part = 0; part < count; part++) {
		const begin = part === 0 ? 0 : ends[part - 1];
		if (ends[part] > begin) {
			const runs = positions.subarray(begin, ends[part]);
			masks.push({ segment: regions?.segments[part] ?? part, bbox: boundingBox(runs, width), runs });
		}
	}
	return masks;
}

function highestOf(parts: ArrayLike<number>): number {
	let highest = -1;
	for (let index = 0; index < parts.length; index++) {
		highest = parts[index] > highest ? parts[index] : highest;
	}
	return highest;
}

function forEachRun(parts: ArrayLike<number>, visit: (part: number, begin: number, end: number) => void): void {
	let begin = 0;
	while (begin < parts.length) {
		const part = parts[begin];
		let end = begin + 1;
		while (end < parts.length && parts[end] === part) {
			end++;
		}
		visit(part, begin, end);
		begin = end;
	}
}

function boundingBox(runs: Uint32Array, width: number): MaskRuns["bbox"] {
	let left = width;
	let right = -1;
	for (let at = 0; at < runs.length; at += 2) {
		const x = runs[at] % width;
		const beyond = x + runs[at + 1] - runs[at];
		// A run that goes on in the next row has touched both sides.
		left = beyond > width ? 0 : Math.min(left, x);
		right = Math.max(right, Math.min(beyond, width) - 1);
	}
	const top = Math.floor(runs[0] / width);
	const bottom = Math.floor((runs[runs.length - 1] - 1) / width);
	return [left, top, right - left + 1, bottom - top + 1];
}
