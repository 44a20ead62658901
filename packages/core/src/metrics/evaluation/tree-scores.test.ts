import { describe, expect, it } from "vitest";
import { leavesBelow, randomTree } from "../../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { cutIntoRegions } from "../../regions/index.ts";
import { createRandom } from "../../rng.ts";
import { addBoundaryCounts, boundaryScores } from "../boundary/index.ts";
import { evaluateImage } from "./evaluate-image.ts";
import { evaluateTree, summariseTrees } from "./tree-scores.ts";

const [WIDTH, HEIGHT] = [20, 14];

function treeToEvaluate(seed: number) {
	const tree = randomTree(seed);
	const random = createRandom(seed);
	const draw = (labels: number) =>
		Uint16Array.from({ length: WIDTH * HEIGHT }, () => Math.floor(random.next() * labels));
	const raster = (data: Uint16Array) => ({ data, width: WIDTH, height: HEIGHT });
	const annotations = [raster(draw(3)), raster(draw(5))];
	return { tree, annotations, superpixels: raster(draw(tree.leaves)), kind: "regions" as const };
}

/** Levels that every tree has. */
const countsOf = (leaves: number) => [1, 2, 3, 5, 40].map((count) => Math.min(count, leaves));

function evaluate(seed: number) {
	const { tree, ...image } = treeToEvaluate(seed);
	const levels = countsOf(tree.leaves).map((count) => cutIntoRegions(tree, count));
	return { tree, image, levels, evaluation: evaluateTree({ ...image, merges: tree.merges, levels }) };
}

describe("evaluateTree", () => {
	it("scores each level like the label map that it is", () => {
		forEachSeed(20, (seed) => {
			const { image, levels, evaluation } = evaluate(seed);
			for (const [level, table] of levels.entries()) {
				const predicted = { ...image.superpixels, data: image.superpixels.data.map((leaf) => table[leaf]) };
				const { scores, boundary } = evaluateImage({ ...image, predicted });
				expect(evaluation.levels[level]).toEqual({ scores, boundary });
			}
		});
	});

	it("covers with the best node of all", () => {
		forEachSeed(20, (seed) => {
			const { tree, image, evaluation } = evaluate(seed);
			let covered = 0;
			for (const { data } of image.annotations) {
				for (const label of new Set(data)) {
					let best = 0;
					for (let node = 0; node < 2 * tree.leaves - 1; node++) {
						const leaves = new Set(leavesBelow(tree, node));
						const inNode = Array.from(image.superpixels.data, (leaf) => leaves.has(leaf));
						const both = inNode.filter((isIn, at) => isIn && data[at] === label).length;
						const either = inNode.filter((isIn, at) => isIn || data[at] === label).length;
						best = Math.max(best, both / either);
					}
					covered += best * data.filter((other) => other === label).length;
				}
			}
			expect(evaluation.bestCovering).toBeCloseTo(covered / (2 * WIDTH * HEIGHT), 12);
			const coverings = evaluation.levels.map(({ scores }) => scores.covering as number);
			expect(evaluation.bestCovering).toBeGreaterThanOrEqual(Math.max(...coverings) - 1e-12);
		});
	});
});

describe("summariseTrees", () => {
	it("takes one level for all images, and the best of each", () => {
		const images = [1, 2, 3, 4].map((seed) => evaluate(seed).evaluation);
		const { ods, ois, bestCovering } = summariseTrees(images);
		const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
		const coverings = (level: number) => images.map(({ levels }) => levels[level].scores.covering as number);
		const means = images[0].levels.map((_, level) => mean(coverings(level)));
		expect(ods.covering.value).toBe(Math.max(...means));
		expect(means[ods.covering.level]).toBe(ods.covering.value);
		expect(ois.covering).toBeCloseTo(
			mean(images.map(({ levels }) => Math.max(...levels.map(({ scores }) => scores.covering as number)))),
			12,
		);
		const informations = images[0].levels.map((_, level) =>
			mean(images.map(({ levels }) => levels[level].scores.variationOfInformation as number)),
		);
		expect(ods.variationOfInformation.value).toBeCloseTo(Math.min(...informations), 12);
		expect(ois.probabilisticRandIndex).toBeGreaterThanOrEqual(ods.probabilisticRandIndex.value);
		expect(ois.variationOfInformation).toBeCloseTo(
			mean(
				images.map(({ levels }) => Math.min(...levels.map(({ scores }) => scores.variationOfInformation as number))),
			),
			12,
		);
		const together = (levelOf: (image: (typeof images)[number]) => number) =>
			boundaryScores(images.map((image) => image.levels[levelOf(image)].boundary).reduce(addBoundaryCounts)).f;
		expect(ods.boundaryF.value).toBe(Math.max(...images[0].levels.map((_, level) => together(() => level))));
		expect(ois.boundaryF).toBe(
			together(({ levels }) => {
				const each = levels.map(({ scores }) => scores.boundaryF as number);
				return each.indexOf(Math.max(...each));
			}),
		);
		expect(bestCovering).toBeGreaterThanOrEqual(ois.covering);
	});

	it("has no scores for no image", () => {
		const { ods, ois, bestCovering } = summariseTrees([]);
		expect([ods.covering.value, ois.boundaryF, bestCovering]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
	});
});
