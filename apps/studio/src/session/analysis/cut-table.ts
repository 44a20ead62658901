import type { ClusterChoice } from "@dinoseg/core/cluster";
import type { SegmentationOptions } from "@dinoseg/core/options";
import { cutIntoRegions, type RegionTree, type SegmentTable } from "@dinoseg/core/regions";
import { chooseCut } from "@dinoseg/core/segment";

/** A cut of a tree as ids of superpixels. */
export interface CutTable {
	/** Shape (superpixels,). */
	readonly table: SegmentTable;
	/** Ids are below it; pixels without data, if there are any, have this one in a label map. */
	readonly regions: number;
	/** How the number was chosen. @default it was given */
	readonly choice?: ClusterChoice;
}

/** Cut a region tree as the options say: the ids that `Analysis.segment` gives, without the pixels. */
export function cutTable(tree: RegionTree, options: Pick<SegmentationOptions, "clusters" | "detail">): CutTable {
	const { regions, choice } = chooseCut(tree, options);
	return { table: cutIntoRegions(tree, regions), regions, ...(choice ? { choice } : {}) };
}
