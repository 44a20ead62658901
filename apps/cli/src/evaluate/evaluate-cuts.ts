import { evaluateTree, type ImageToEvaluate, type TreeEvaluation } from "@dinoseg/core/metrics";
import { DETAIL } from "@dinoseg/core/options";
import { countAtHeight, cutIntoRegions, heightOfDetail, type SegmentTable } from "@dinoseg/core/regions";
import type { RegionSegmentation } from "@dinoseg/core/segment";

const STEP = 5;

/** The details whose cuts are scored, rising. */
export const SCORED_DETAILS: readonly number[] = Array.from(
	{ length: (DETAIL.max - DETAIL.min) / STEP + 1 },
	(_, index) => DETAIL.min + index * STEP,
);

/** Score the cuts of a tree at every one of `SCORED_DETAILS`. */
export function evaluateCuts(
	image: Omit<ImageToEvaluate, "predicted">,
	{ superpixels, tree }: Pick<RegionSegmentation, "superpixels" | "tree">,
): TreeEvaluation {
	const tables = new Map<number, SegmentTable>();
	const levels = SCORED_DETAILS.map((detail) => {
		const count = countAtHeight(tree, heightOfDetail(detail));
		const table = tables.get(count) ?? cutIntoRegions(tree, count);
		tables.set(count, table);
		return table;
	});
	return evaluateTree({ ...image, superpixels, merges: tree.merges, levels });
}
