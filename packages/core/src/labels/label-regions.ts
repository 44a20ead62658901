import { checkedParts, type Kernels, type Regions } from "@dinoseg/kernels";
import { checkLabelMap, type LabelMap } from "./label-map.ts";

/** The connected regions of a label map, and the segment that each belongs to. */
export interface LabelRegions extends Regions {
	/** Segment id of each region. Shape (count,). */
	readonly segments: Uint16Array;
}

/**
 * The 4-connected regions of a label map, numbered in raster order of their first pixel.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function labelRegions(kernels: Kernels, labels: LabelMap): LabelRegions {
	checkLabelMap("labelRegions", labels);
	const { data, count } = kernels.connectedRegions(labels.data, labels.width, labels.height);
	const segments = new Uint16Array(count);
	for (const { from, to } of checkedParts(kernels.check, data.length)) {
		for (let index = from; index < to; index++) {
			segments[data[index]] = labels.data[index];
		}
	}
	return { data, count, segments };
}
