import type { Pixels, Regions } from "../kernels.ts";

/**
 * 4-connected regions of equal labels, numbered in raster order of their first pixel.
 *
 * Source: two-pass union-find; Wu, Otoo, Suzuki 2009, doi:10.1007/s10044-008-0109-y. The root of a set is its lowest
 * provisional number, which the region's first pixel was given.
 */
export function connectedRegions(labels: Pixels, width: number, height: number): Regions {
	const data = new Uint32Array(width * height);
	const parents = new Uint32Array(width * height);
	let provisional = 0;
	for (let y = 0, i = 0; y < height; y++) {
		for (let x = 0; x < width; x++, i++) {
			const label = labels[i];
			const joinsLeft = x > 0 && labels[i - 1] === label;
			const joinsUp = y > 0 && labels[i - width] === label;
			if (joinsLeft) {
				const left = data[i - 1];
				data[i] = left;
				// Up-left of the same label has joined left and up already.
				if (joinsUp && labels[i - width - 1] !== label) {
					join(parents, left, data[i - width]);
				}
			} else if (joinsUp) {
				data[i] = data[i - width];
			} else {
				parents[provisional] = provisional;
				data[i] = provisional++;
			}
		}
	}
	// Parents have lower numbers, so one rising pass turns them into final numbers.
	let count = 0;
	for (let i = 0; i < provisional; i++) {
		parents[i] = parents[i] === i ? count++ : parents[parents[i]];
	}
	for (let i = 0; i < data.length; i++) {
		data[i] = parents[data[i]];
	}
	return { data, count };
}

function join(parents: Uint32Array, a: number, b: number): void {
	const rootA = findRoot(parents, a);
	const rootB = findRoot(parents, b);
	if (rootA < rootB) {
		parents[rootB] = rootA;
	} else {
		parents[rootA] = rootB;
	}
}

function findRoot(parents: Uint32Array, node: number): number {
	let at = node;
	while (parents[at] !== at) {
		// Path halving: every other node skips its parent.
		parents[at] = parents[parents[at]];
		at = parents[at];
	}
	return at;
}
