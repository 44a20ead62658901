import { strengthOfHeight } from "./detail.ts";
import type { RegionTree } from "./region-tree.ts";

const NONE = -1;
/** What nothing merges away. */
const STRONGEST = 255;

/**
 * How long each node of a tree stays a region while cuts become coarser: 255 for the whole picture, 0 for what only the
 * finest cut has.
 *
 * @returns shape (2 * leaves - 1,).
 */
export function nodeStrengths({ leaves, merges, heights }: RegionTree): Uint8Array {
	const strengths = new Uint8Array(2 * leaves - 1);
	strengths[2 * leaves - 2] = STRONGEST;
	for (let merge = 0; merge < leaves - 1; merge++) {
		const strength = strengthOfHeight(heights[merge]);
		strengths[merges[2 * merge]] = strength;
		strengths[merges[2 * merge + 1]] = strength;
	}
	return strengths;
}

/**
 * How long the border of two superpixels stays while cuts become coarser, 0 to 255.
 *
 * Source: the ultrametric contour map of Arbeláez 2006, doi:10.1109/CVPRW.2006.48.
 *
 * @returns the strength for two superpixels that differ.
 */
export function borderStrengths({ leaves, merges, heights }: RegionTree): (a: number, b: number) => number {
	const parents = new Int32Array(2 * leaves - 1).fill(NONE);
	for (let merge = 0; merge < leaves - 1; merge++) {
		parents[merges[2 * merge]] = leaves + merge;
		parents[merges[2 * merge + 1]] = leaves + merge;
	}
	const known = new Map<number, number>();
	return (a, b) => {
		const pair = a < b ? a * leaves + b : b * leaves + a;
		let strength = known.get(pair);
		if (strength === undefined) {
			let [x, y] = [a, b];
			while (x !== y) {
				// A node is always lower than what it merges into.
				if (x < y) {
					x = parents[x];
				} else {
					y = parents[y];
				}
			}
			strength = strengthOfHeight(heights[x - leaves]);
			known.set(pair, strength);
		}
		return strength;
	};
}
