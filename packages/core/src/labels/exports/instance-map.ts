import { type Check, checkedParts } from "@dinoseg/kernels";
import type { LabelMap } from "../label-map.ts";
import type { LabelRegions } from "../label-regions.ts";
import type { ExportSegment } from "./export-image.ts";

/**
 * The number of the instance that each pixel belongs to: a region where they are given, else a segment. Numbers begin at
 * 1, in the order of the regions or segments, and must fit a byte.
 *
 * @param check called between steps.
 */
export function instanceMap(
	labels: LabelMap,
	segments: readonly ExportSegment[],
	regions: LabelRegions | undefined,
	check: Check,
): LabelMap {
	const data = new Uint8Array(labels.data.length);
	const numbers = new Uint8Array(65536);
	for (const [index, { id }] of segments.entries()) {
		numbers[id] = index + 1;
	}
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let at = from; at < to; at++) {
			data[at] = regions ? regions.data[at] + 1 : numbers[labels.data[at]];
		}
	}
	return { data, width: labels.width, height: labels.height, count: 256 };
}
