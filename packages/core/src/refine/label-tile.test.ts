import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noCheck } from "../abort.ts";
import { createRandom } from "../rng.ts";
import { COEFFICIENTS, type Tile, type TiledMap, tileLabeller } from "./label-tile.ts";

/** A map of one tile, larger than a block, with a margin that is not its own. */
function randomTile(width: number, height: number, present: readonly number[], seed: number) {
	const random = createRandom(seed);
	const between = (low: number, high: number) => low + (high - low) * random.next();
	const [left, top] = [2, 3];
	const [right, bottom] = [left + width, top + height];
	// Neighbours are alike, as in photographs, but now and then one stands out.
	const base = Array.from({ length: 3 }, () => between(0, 255));
	const colors = Uint8Array.from({ length: 3 * (right + 1) * (bottom + 1) }, (_, i) =>
		Math.min(255, Math.max(0, random.next() < 0.01 ? between(0, 255) : base[i % 3] + between(-9, 9))),
	);
	const map: TiledMap = {
		data: new Uint8Array((right + 1) * (bottom + 1)).fill(255),
		width: right + 1,
		colors,
		across: Float64Array.from({ length: right + 1 }, (_, x) => Math.min(1, Math.max(0, (x - left + 0.5) / width))),
		down: Float64Array.from({ length: bottom + 1 }, (_, y) => Math.min(1, Math.max(0, (y - top + 0.5) / height))),
	};
	// Few different numbers, so that functions are often equal.
	const corners = Float64Array.from({ length: 4 * present.length * COEFFICIENTS }, () =>
		seed % 3 === 0 ? Math.floor(between(0, 2)) : between(-1, 1),
	);
	return { map, tile: { present, corners, left, top, right, bottom } };
}

/** The label of one pixel, by the definition. */
function labelAt({ present, corners }: Tile, { colors, width, across, down }: TiledMap, x: number, y: number): number {
	const n = present.length * COEFFICIENTS;
	const mix = (from: number, to: number, share: number) => from + share * (to - from);
	const values = present.map((_, index) => {
		const at = (c: number) => {
			const i = index * COEFFICIENTS + c;
			const start = mix(corners[i], corners[2 * n + i], down[y]);
			return mix(start, mix(corners[n + i], corners[3 * n + i], down[y]), across[x]);
		};
		const color = (c: number) => colors[3 * (y * width + x) + c] / 255;
		return at(0) * color(0) + at(1) * color(1) + at(2) * color(2) + at(3);
	});
	return present[values.indexOf(Math.max(...values))];
}

describe("tileLabeller", () => {
	it("gives every pixel of a tile, and no other, the first label of the largest function", () => {
		const size = fc.integer({ min: 1, max: 70 });
		const labels = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 7 });
		fc.assert(
			fc.property(size, size, labels, fc.nat(1000), (width, height, ids, seed) => {
				const { map, tile } = randomTile(
					width,
					height,
					ids.toSorted((a, b) => a - b),
					seed,
				);
				tileLabeller(noCheck, map, 21)(tile);
				const expected = Array.from(map.data, (_, at) => {
					const [x, y] = [at % map.width, Math.floor(at / map.width)];
					const isInside = x >= tile.left && x < tile.right && y >= tile.top && y < tile.bottom;
					return isInside ? labelAt(tile, map, x, y) : 255;
				});
				expect(Array.from(map.data)).toEqual(expected);
			}),
		);
	});

	it("takes tiles of other labels one after the other", () => {
		const wide = randomTile(40, 20, [0, 1, 2, 3, 4], 1);
		const narrow = randomTile(40, 20, [1, 4], 2);
		const labelTile = tileLabeller(noCheck, wide.map, 5);
		labelTile(wide.tile);
		labelTile(narrow.tile);
		const alone = { ...wide.map, data: wide.map.data.slice() };
		tileLabeller(noCheck, alone, 5)(narrow.tile);
		expect(wide.map.data).toEqual(alone.data);
		expect(new Set(wide.map.data)).toEqual(new Set([1, 4, 255]));
	});
});
