import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
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

/** Masks between two checks. */
const CHECKED_MASKS = 256;

/**
 * The mask of every segment, in two passes over the map.
 *
 * @param regions those of the map, for a mask of each region. @default a mask of each segment
 * @param check   called between steps; what it throws ends the call. Default: none.
 * @returns by rising id, or in the order of the regions; none for an id that no pixel has, nor for the background.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function maskRuns(labels: LabelMap, regions?: LabelRegions, check: Check = noCheck): MaskRuns[] {
	checkLabelMap("maskRuns", labels);
	const { width } = labels;
	const parts = regions?.data ?? labels.data;
	const count = regions?.count ?? highestOf(check, parts) + 1;
	const ends = new Uint32Array(count);
	forEachRun(check, parts, (part) => {
		ends[part] += 2;
	});
	let total = 0;
	for (let part = 0; part < count; part++) {
		const own = ends[part];
		ends[part] = total;
		total += own;
	}
	const positions = new Uint32Array(total);
	forEachRun(check, parts, (part, begin, end) => {
		positions[ends[part]++] = begin;
		positions[ends[part]++] = end;
	});
	const masks: MaskRuns[] = [];
	for (let part = 0; part < count; part++) {
		if (part % CHECKED_MASKS === 0) {
			check();
		}
		const begin = part === 0 ? 0 : ends[part - 1];
		if (ends[part] > begin) {
			const runs = positions.subarray(begin, ends[part]);
			const segment = regions?.segments[part] ?? part;
			if (segment !== labels.background) {
				masks.push({ segment, bbox: boundingBox(runs, width), runs });
			}
		}
	}
	return masks;
}

function highestOf(check: Check, parts: ArrayLike<number>): number {
	let highest = -1;
	for (const { from, to } of checkedParts(check, parts.length)) {
		for (let index = from; index < to; index++) {
			highest = parts[index] > highest ? parts[index] : highest;
		}
	}
	return highest;
}

function forEachRun(
	check: Check,
	parts: ArrayLike<number>,
	visit: (part: number, begin: number, end: number) => void,
): void {
	let begin = 0;
	for (const { from, to } of checkedParts(check, parts.length)) {
		for (let at = Math.max(from, 1); at < to; at++) {
			if (parts[at] !== parts[at - 1]) {
				visit(parts[begin], begin, at);
				begin = at;
			}
		}
	}
	if (begin < parts.length) {
		visit(parts[begin], begin, parts.length);
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
