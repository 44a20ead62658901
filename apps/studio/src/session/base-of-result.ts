import type { SegmentResult } from "@dinoseg/core/result";
import type { Kernels } from "@dinoseg/kernels";
import { cutTable } from "./analysis/cut-table.ts";
import { baseOfLabels, baseOfRegions, type DocumentBase, type PartTree } from "./document/index.ts";

/**
 * What a document of a result begins with: superpixels of regions, connected parts of clusters.
 *
 * @param valid 1 where the picture has data. Shape (height, width). Default: everywhere.
 */
export function baseOfResult(kernels: Kernels, result: SegmentResult, valid: Uint8Array | undefined): DocumentBase {
	const { labels, names, options } = result;
	const tree = treeOfResult(result);
	const base =
		tree === undefined || result.codebook
			? baseOfLabels(kernels, labels)
			: baseOfRegions(tree, labels, cutTable(tree.tree, options).table, valid);
	return { ...base, names };
}

/** The tree of a result's regions; clusters have none. */
export function treeOfResult(result: SegmentResult): PartTree | undefined {
	return result.kind === "regions" ? { superpixels: result.superpixels.data, tree: result.tree } : undefined;
}
