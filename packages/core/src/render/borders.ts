import { type Check, checkedRows } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { borderStrengths, type RegionTree, type Superpixels } from "../regions/index.ts";

/**
 * All cuts of a region tree in one picture: how long each border stays while cuts become coarser. A pixel whose right or
 * lower neighbour lies in another superpixel is as bright as the longer lived of these borders; all others are 0, like borders
 * that only the finest cut has. The pixels of at least some brightness are the borders of one cut.
 *
 * Source: the ultrametric contour map of Arbeláez 2006, doi:10.1109/CVPRW.2006.48.
 *
 * @param superpixels the leaves of the tree.
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns shape (height, width).
 */
export function renderBorders(
	tree: RegionTree,
	{ data, width, height }: Superpixels,
	check: Check = noCheck,
): Uint8Array {
	const strengthOf = borderStrengths(tree);
	const borders = new Uint8Array(data.length);
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			const own = data[pixel];
			const right = x + 1 < width ? data[pixel + 1] : own;
			const below = y + 1 < height ? data[pixel + width] : own;
			const toRight = right === own ? 0 : strengthOf(own, right);
			const toBelow = below === own ? 0 : strengthOf(own, below);
			borders[pixel] = Math.max(toRight, toBelow);
		}
	}
	return borders;
}
