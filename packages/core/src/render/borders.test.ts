import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { randomTree } from "../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { abortCheck } from "../abort.ts";
import { countAtHeight, cutIntoRegions, heightOfDetail, type RegionTree } from "../regions/index.ts";
import { createRandom } from "../rng.ts";
import { renderBorders } from "./borders.ts";

/** Any superpixels of a tree, connected or not. */
function superpixelsOf({ leaves }: RegionTree, seed: number) {
	const random = createRandom(seed);
	const [width, height] = [17, 11];
	const data = Uint16Array.from({ length: width * height }, () => Math.floor(random.next() * leaves));
	return { data, width, height, count: leaves };
}

/** Whether the right or the lower neighbour of each pixel lies in another region. */
function bordersOf(labels: Uint16Array, width: number): boolean[] {
	return Array.from(labels, (label, pixel) => {
		const right = (pixel + 1) % width === 0 ? label : labels[pixel + 1];
		return right !== label || (labels[pixel + width] ?? label) !== label;
	});
}

describe("renderBorders", () => {
	it("holds the borders of every cut", () => {
		forEachSeed(40, (seed) => {
			const tree = randomTree(seed);
			const superpixels = superpixelsOf(tree, seed);
			const borders = renderBorders(tree, superpixels);
			for (let strength = 1; strength <= 255; strength += 6) {
				// Just below the least detail whose borders are this strong.
				const detail = 100 * (1 - (strength - 0.5) / 255) - 1e-6;
				const table = cutIntoRegions(tree, countAtHeight(tree, heightOfDetail(detail)));
				const labels = superpixels.data.map((superpixel) => table[superpixel]);
				expect(Array.from(borders, (value) => value >= strength)).toEqual(bordersOf(labels, superpixels.width));
			}
		});
	});

	it("notices a cancel", async () => {
		const superpixels = { data: new Uint16Array(320 * 260), width: 320, height: 260, count: 1 };
		const tree = {
			leaves: 1,
			areas: Float64Array.of(320 * 260),
			merges: new Uint32Array(),
			heights: new Float32Array(),
		};
		const looks = await expectCancellable((signal) => renderBorders(tree, superpixels, abortCheck(signal)));
		expect(looks).toBeGreaterThan(1);
	});
});
