import { type Check, checkedParts } from "@dinoseg/kernels";
import type { RegionTree } from "./region-tree.ts";
import type { Superpixels } from "./superpixels.ts";

/** What a superpixel without data weighs: next to nothing, and more than 0, for costs and means are quotients of areas. */
const NEXT_TO_NOTHING = 2 ** -400;

/** Pixels with data of each superpixel. Shape (count,). */
export function countWithData({ data, count }: Superpixels, valid: Uint8Array, check: Check): Float64Array {
	const pixels = new Float64Array(count);
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			pixels[data[pixel]] += valid[pixel];
		}
	}
	return pixels;
}

/**
 * The areas for a tree of a picture with pixels without data. A superpixel that has no others costs next to nothing to
 * merge and changes nothing of what it merges into, so it goes first, before those below a minimum area.
 *
 * @param pixels with data of each superpixel.
 */
export function weighAreas(pixels: Float64Array): Float64Array {
	return pixels.map((count) => Math.max(count, NEXT_TO_NOTHING));
}

/** As many regions as superpixels with data can make. */
export function mostRegions({ areas }: RegionTree): number {
	return areas.reduce((count, area) => count + (area >= 1 ? 1 : 0), 0);
}
