import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { borderLengths, buildMergeTree, cutMergeTree, type MergeTreeOptions } from "./merge-tree.ts";

const COLS = 2;

/** Clusters with whole numbers for everything, some of which touch. */
const clusters = fc.integer({ min: 1, max: 9 }).chain((leaves) =>
	fc
		.record({
			centroids: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: leaves * COLS, maxLength: leaves * COLS }),
			masses: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: leaves, maxLength: leaves }),
			upper: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: leaves * leaves, maxLength: leaves * leaves }),
		})
		.map(({ centroids, masses, upper }): MergeTreeOptions & { masses: number[] } => ({
			centroids: Float64Array.from(centroids),
			masses,
			borders: upper.map((_, at) => {
				const [a, b] = [Math.floor(at / leaves), at % leaves];
				return a === b ? 0 : upper[Math.min(a, b) * leaves + Math.max(a, b)];
			}),
		})),
);

/** Weighted sum of squared distances of the leaves to the mean of their part. */
function spreadWithin({ centroids, masses }: MergeTreeOptions, parts: Uint16Array): number {
	let spread = 0;
	for (const part of new Set(parts)) {
		const leaves = [...parts.keys()].filter((leaf) => parts[leaf] === part);
		const mass = leaves.reduce((sum, leaf) => sum + masses[leaf], 0);
		for (let d = 0; d < COLS; d++) {
			const mean = leaves.reduce((sum, leaf) => sum + masses[leaf] * centroids[leaf * COLS + d], 0) / mass;
			for (const leaf of leaves) {
				spread += masses[leaf] * (centroids[leaf * COLS + d] - mean) ** 2;
			}
		}
	}
	return spread;
}

describe("buildMergeTree", () => {
	it("has a cut for every count, each a refinement of the coarser ones, numbered from the lowest leaf", () => {
		fc.assert(
			fc.property(clusters, (options) => {
				const tree = buildMergeTree(options);
				let coarser: Uint16Array = new Uint16Array(tree.leaves);
				for (let count = 1; count <= tree.leaves; count++) {
					const cut = cutMergeTree(tree, count);
					expect([...new Set(cut)]).toEqual(Array.from({ length: count }, (_, part) => part));
					const parents = new Map(Array.from(cut, (part, leaf) => [part, coarser[leaf]]));
					expect(Array.from(cut, (part) => parents.get(part))).toEqual([...coarser]);
					coarser = cut;
				}
			}),
		);
	});

	it("costs what a merge adds to the sum of squares", () => {
		fc.assert(
			fc.property(clusters, (options) => {
				const tree = buildMergeTree(options);
				let before = 0;
				tree.merges.forEach(({ cost }, merge) => {
					const after = spreadWithin(options, cutMergeTree(tree, tree.leaves - merge - 1));
					expect(cost).toBeCloseTo(after - before, 6);
					before = after;
				});
			}),
		);
	});

	it("takes the two that cost least for their border, as trying all pairs finds them", () => {
		fc.assert(
			fc.property(clusters, (options) => {
				fc.pre(options.masses.length > 1);
				const { masses, borders } = options;
				const leaves = masses.length;
				const outlines = masses.map((_, a) => masses.reduce((sum, _mass, b) => sum + borders[a * leaves + b], 0));
				const pairs = masses.flatMap((_, a) => masses.slice(a + 1).map((_mass, i) => [a, a + 1 + i] as const));
				const costOf = ([a, b]: readonly [number, number]) => {
					const parts = Uint16Array.from(masses, (_, leaf) => (leaf === b ? a : leaf));
					return spreadWithin(options, parts);
				};
				const touching = pairs.filter(([a, b]) => borders[a * leaves + b] > 0);
				const priceOf = (pair: readonly [number, number]) =>
					touching.length === 0
						? costOf(pair)
						: costOf(pair) *
							(Math.min(outlines[pair[0]], outlines[pair[1]]) / borders[pair[0] * leaves + pair[1]]) ** 0.25;
				const lowest = Math.min(...(touching.length === 0 ? pairs : touching).map(priceOf));
				const [{ kept, joined }] = buildMergeTree(options).merges;
				const chosen = [Math.min(kept, joined), Math.max(kept, joined)] as const;
				expect(touching.length === 0 || borders[chosen[0] * leaves + chosen[1]] > 0).toBe(true);
				expect(priceOf(chosen)).toBeCloseTo(lowest, 9);
				expect(masses[kept]).toBeGreaterThanOrEqual(masses[joined]);
			}),
		);
	});

	it("merges what lies around each other before what is a little more alike", () => {
		const labels = Uint16Array.of(0, 0, 0, 2, 0, 1, 0, 2, 0, 0, 0, 3);
		const borders = borderLengths(labels, 3, 4, 4);
		expect([...borders]).toEqual([0, 4, 2, 1, 4, 0, 0, 0, 2, 0, 0, 1, 1, 0, 1, 0]);
		const firstMerge = (x: number) =>
			buildMergeTree({ centroids: Float64Array.of(0, 0, x, 0, -1, 0, 0, 9), masses: [8, 1, 2, 1], borders }).merges[0];
		expect(firstMerge(1.5)).toEqual({ kept: 0, joined: 2, cost: 1.6 });
		expect(firstMerge(1.38)).toMatchObject({ kept: 0, joined: 1 });
	});

	describe("at exact ties", () => {
		/** Merges of parts that all touch, or of which none do, as pairs of nodes. */
		const pairs = (centroids: readonly number[], masses: readonly number[], touching: 0 | 1) => {
			const borders = masses.flatMap((_, a) => masses.map((_mass, b) => (a === b ? 0 : touching)));
			const { merges } = buildMergeTree({ centroids: Float64Array.from(centroids), masses, borders });
			return merges.map(({ kept, joined }) => [kept, joined]);
		};

		it.each([0, 1] as const)("takes the pair with the lowest leaves (borders of %i)", (touching) => {
			const merges = pairs([0, 1, 2, 3], [1, 1, 1, 1], touching);
			expect(merges).toEqual([
				[0, 1],
				[2, 3],
				[4, 5],
			]);
			// All at one place.
			expect(pairs([0, 0, 0, 0, 0, 0], [1, 1, 1], touching)).toEqual([
				[0, 1],
				[3, 2],
			]);
		});

		it("keeps the part with the lowest leaf of two equally heavy ones, whatever its node", () => {
			expect(pairs([0, 1], [2, 2], 1)).toEqual([[0, 1]]);
			expect(pairs([0, 0, 9], [1, 1, 2], 1)).toEqual([
				[0, 1],
				[3, 2],
			]);
			expect(pairs([9, 0, 0], [2, 1, 1], 1)).toEqual([
				[1, 2],
				[0, 3],
			]);
			expect(pairs([9, 0, 0], [2, 1, 2], 1)).toEqual([
				[2, 1],
				[3, 0],
			]);
		});
	});

	it("refuses what does not fit", () => {
		const tree = buildMergeTree({ centroids: Float64Array.of(1, 2), masses: [1, 1], borders: [0, 1, 1, 0] });
		expect(errorOf(() => cutMergeTree(tree, 3)).message).toMatch(/count must be an integer from 1 to 2, got 3/);
		expect(errorOf(() => cutMergeTree(tree, 0))).toMatchObject({ code: "OPTION_INVALID" });
		expect(
			errorOf(() => buildMergeTree({ centroids: Float64Array.of(1, 2, 3), masses: [1, 1], borders: [0, 1, 1, 0] })),
		).toMatchObject({ code: "SHAPE_MISMATCH" });
		expect(
			errorOf(() => buildMergeTree({ centroids: Float64Array.of(1, 2), masses: [1, 1], borders: [0] })),
		).toMatchObject({ code: "SHAPE_MISMATCH" });
		expect(errorOf(() => borderLengths(Uint16Array.of(0), 2, 2, 1))).toMatchObject({ code: "SHAPE_MISMATCH" });
	});
});
