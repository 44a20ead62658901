import { describe, expect, it } from "vitest";
import { leavesBelow, randomTree } from "../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { countAtHeight, cutIntoRegions, cutNode, nodeIds } from "./cut-tree.ts";
import type { RegionTree } from "./region-tree.ts";

/** Regions as sets of leaves and their ids, by undoing one merge after the other as the convention says. */
function plainCut(tree: RegionTree, count: number): number[] {
	const ids = new Array<number>(tree.leaves).fill(0);
	const areaOf = (node: number) => leavesBelow(tree, node).reduce((sum, leaf) => sum + tree.areas[leaf], 0);
	for (let next = 1; next < count; next++) {
		const merge = tree.leaves - 1 - next;
		const [lower, higher] = [tree.merges[2 * merge], tree.merges[2 * merge + 1]];
		for (const leaf of leavesBelow(tree, areaOf(lower) >= areaOf(higher) ? higher : lower)) {
			ids[leaf] = next;
		}
	}
	return ids;
}

describe("a cut of a tree", () => {
	it("undoes the last merges, and the larger part keeps its id", () => {
		forEachSeed(100, (seed) => {
			const tree = randomTree(seed);
			for (let count = 1; count <= tree.leaves; count++) {
				const table = cutIntoRegions(tree, count);
				expect([...table]).toEqual(plainCut(tree, count));
				expect(new Set(table)).toEqual(new Set(Array.from({ length: count }, (_, id) => id)));
			}
		});
	});

	it("at a height keeps what was merged up to there", () => {
		forEachSeed(100, (seed) => {
			const tree = randomTree(seed);
			for (const height of [-1, ...tree.heights, 9]) {
				const done = tree.heights.filter((reached) => reached <= height).length;
				expect(countAtHeight(tree, height)).toBe(tree.leaves - done);
			}
		});
	});

	it("of one node leaves the others as they are, and gives its parts the ids of the whole tree", () => {
		forEachSeed(100, (seed) => {
			const tree = randomTree(seed);
			const ids = nodeIds(tree);
			const count = 1 + (seed % tree.leaves);
			const table = cutIntoRegions(tree, count);
			// Regions of the cut: nodes whose leaves are exactly those of one id.
			for (let node = 0; node < 2 * tree.leaves - 1; node++) {
				const below = new Set(leavesBelow(tree, node));
				const id = ids[node];
				if (![...table].every((value, leaf) => (value === id) === below.has(leaf))) {
					continue;
				}
				for (let parts = 1; parts <= below.size; parts++) {
					const finer = cutNode(tree, table, node, parts);
					expect(finer.every((value, leaf) => below.has(leaf) || value === table[leaf])).toBe(true);
					const found = new Set([...below].map((leaf) => finer[leaf]));
					expect(found.size).toBe(parts);
					expect(found.has(id)).toBe(true);
					expect([...finer].filter((value, leaf) => !below.has(leaf) && found.has(value))).toEqual([]);
				}
				expect([...cutNode(tree, table, node, below.size)].filter((_, leaf) => below.has(leaf))).toEqual(
					[...cutIntoRegions(tree, tree.leaves)].filter((_, leaf) => below.has(leaf)),
				);
				expect(() => cutNode(tree, table, node, below.size + 1)).toThrow(/count must be an integer from 1 to/);
			}
		});
	});

	it("refuses more regions than superpixels, and nodes that are none", () => {
		const tree = randomTree(3);
		expect(() => cutIntoRegions(tree, 0)).toThrow(/count must be an integer from 1/);
		expect(() => cutIntoRegions(tree, tree.leaves + 1)).toThrow(/count must be an integer from 1/);
		expect(() => cutNode(tree, cutIntoRegions(tree, 1), 2 * tree.leaves - 1, 1)).toThrow(/node must be an integer/);
		expect(() => cutNode(tree, cutIntoRegions(tree, 1), 0, 1)).toThrow(/node must be a region of the table, got 0/);
		expect(() => cutNode(tree, new Uint16Array(tree.leaves + 1), 0, 1)).toThrow(/table \(leaves\)/);
	});
});
