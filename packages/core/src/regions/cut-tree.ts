import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import type { RegionTree } from "./region-tree.ts";

/** Segment id of each superpixel; the label map is the ids of its pixels' superpixels. Shape (leaves,). */
export type SegmentTable = Uint16Array;

/**
 * The id that each node of a tree has in every cut that it is a region of.
 *
 * Convention: the whole picture is 0. Undoing the merges from the last, the larger part keeps the id, of equals the lower
 * node, and the other gets the next. So a cut into n regions has the ids 0 to n - 1, and a region that stays keeps its id.
 *
 * @returns shape (2 * leaves - 1,).
 */
export function nodeIds({ leaves, areas, merges }: RegionTree): Uint16Array {
	const sizes = new Float64Array(2 * leaves - 1);
	sizes.set(areas);
	for (let merge = 0; merge < leaves - 1; merge++) {
		sizes[leaves + merge] = sizes[merges[2 * merge]] + sizes[merges[2 * merge + 1]];
	}
	const ids = new Uint16Array(2 * leaves - 1);
	for (let merge = leaves - 2; merge >= 0; merge--) {
		const [lower, higher] = [merges[2 * merge], merges[2 * merge + 1]];
		const [larger, smaller] = sizes[lower] >= sizes[higher] ? [lower, higher] : [higher, lower];
		ids[larger] = ids[leaves + merge];
		ids[smaller] = leaves - 1 - merge;
	}
	return ids;
}

/**
 * How many regions are left when all merges up to a height are done.
 *
 * @param height in the units of `tree.heights`; below 0 for no merge at all.
 * @returns 1 to `tree.leaves`.
 */
export function countAtHeight({ leaves, heights }: RegionTree, height: number): number {
	const higher = heights.findIndex((reached) => reached > height);
	return higher === -1 ? 1 : leaves - higher;
}

/**
 * Cut a tree into so many regions: the last merges are undone.
 *
 * @param count 1 to `tree.leaves`.
 * @throws DinosegError OPTION_INVALID
 */
export function cutIntoRegions(tree: RegionTree, count: number): SegmentTable {
	const ids = nodeIds(tree);
	return Uint16Array.from(nodesOfCut(tree, count), (node) => ids[node]);
}

/**
 * The region of each superpixel when a tree is cut into so many, as a node of the tree.
 *
 * @param count 1 to `tree.leaves`.
 * @returns shape (leaves,).
 * @throws DinosegError OPTION_INVALID
 */
export function nodesOfCut(tree: RegionTree, count: number): Int32Array {
	checkInteger("nodesOfCut", "count", count, { min: 1, max: tree.leaves });
	return regionsBelow(tree, 2 * tree.leaves - 2, count);
}

/**
 * Cut one node of a tree into so many regions and leave all others as they are.
 *
 * @param table of a cut in which the node is a region.
 * @param node  superpixel, or leaves + i for what merge i makes.
 * @param count 1 to the number of superpixels below the node.
 * @returns another table. Its ids can have gaps: each is what the region has in every cut.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function cutNode(tree: RegionTree, table: SegmentTable, node: number, count: number): SegmentTable {
	checkLength("cutNode", "table (leaves)", table, tree.leaves);
	checkInteger("cutNode", "node", node, { min: 0, max: 2 * tree.leaves - 2 });
	const ids = nodeIds(tree);
	const below = regionsBelow(tree, node, 1);
	if (table.some((id, leaf) => (id === ids[node]) !== (below[leaf] === node))) {
		throw new DinosegError("OPTION_INVALID", `cutNode: node must be a region of the table, got ${node}.`, {
			details: { option: "node", value: node },
		});
	}
	checkInteger("cutNode", "count", count, { min: 1, max: below.filter((region) => region === node).length });
	const regions = regionsBelow(tree, node, count);
	return table.map((id, leaf) => (regions[leaf] === OUTSIDE ? id : ids[regions[leaf]]));
}

const OUTSIDE = -1;

/** The node above each superpixel when a node is cut into so many, OUTSIDE where the node is not above it. Shape (leaves,). */
function regionsBelow({ leaves, merges }: RegionTree, node: number, count: number): Int32Array {
	const regions = new Int32Array(2 * leaves - 1).fill(OUTSIDE);
	regions[node] = node;
	let found = 1;
	for (let merge = node - leaves; merge >= 0; merge--) {
		const above = regions[leaves + merge];
		if (above === OUTSIDE) {
			continue;
		}
		const isUndone = found < count;
		for (const part of merges.subarray(2 * merge, 2 * merge + 2)) {
			regions[part] = isUndone ? part : above;
		}
		found += isUndone ? 1 : 0;
	}
	return regions.subarray(0, leaves);
}
