import { describe, expect, it } from "vitest";
import { leavesBelow, randomTree } from "../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { strengthOfHeight } from "./detail.ts";
import { borderStrengths, nodeStrengths } from "./strengths.ts";

describe("strengths", () => {
	it("of a node come from the merge that ends it, and the whole picture has none", () => {
		forEachSeed(50, (seed) => {
			const tree = randomTree(seed);
			const strengths = nodeStrengths(tree);
			expect(strengths).toHaveLength(2 * tree.leaves - 1);
			expect(strengths[2 * tree.leaves - 2]).toBe(255);
			for (let node = 0; node < 2 * tree.leaves - 2; node++) {
				const merge = Math.floor(tree.merges.indexOf(node) / 2);
				expect(strengths[node]).toBe(strengthOfHeight(tree.heights[merge]));
			}
		});
	});

	it("of a border come from the first node that both sides are in", () => {
		forEachSeed(30, (seed) => {
			const tree = randomTree(seed);
			const strengthOf = borderStrengths(tree);
			for (let a = 0; a < tree.leaves; a++) {
				for (let b = 0; b < a; b++) {
					const merge = tree.heights.findIndex((_, at) => {
						const leaves = leavesBelow(tree, tree.leaves + at);
						return leaves.includes(a) && leaves.includes(b);
					});
					expect(strengthOf(a, b)).toBe(strengthOfHeight(tree.heights[merge]));
					expect(strengthOf(b, a)).toBe(strengthOf(a, b));
				}
			}
		});
	});
});
