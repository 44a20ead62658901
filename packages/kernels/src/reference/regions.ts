import { findRoot } from "../find-root.ts";
import type { Check, Pixels, RegionRuns, Regions } from "../kernels.ts";
import { checkedCopy, checkedParts } from "../steps.ts";

/** 4-connected regions of equal labels, numbered in raster order of their first pixel. */
export function connectedRegions(check: Check, labels: Pixels, width: number, height: number): Regions {
	const { ends, regions, count } = connectedRuns(check, labels, width);
	const data = new Uint32Array(width * height);
	let run = 0;
	for (let row = 0; row < data.length; row += width) {
		check();
		for (let i = row; i < row + width; run++) {
			const end = ends[run];
			const region = regions[run];
			for (; i < end; i++) {
				data[i] = region;
			}
		}
	}
	return { data, count };
}

/**
 * The runs of a label map and the 4-connected regions that they make, numbered in raster order of their first pixel.
 *
 * Source: two-pass union-find; Wu, Otoo, Suzuki 2009, doi:10.1007/s10044-008-0109-y. What is joined are not pixels but
 * runs. The root of a set is its first run.
 */
export function connectedRuns(check: Check, labels: Pixels, width: number): RegionRuns {
	const ends = runEnds(check, labels, width);
	const parents = new Uint32Array(ends.length);
	// The first run of the row above that may touch.
	let above = 0;
	let start = 0;
	for (const { from, to } of checkedParts(check, ends.length)) {
		for (let run = from; run < to; start = ends[run++]) {
			parents[run] = run;
			const label = labels[start];
			while (ends[above] + width <= start) {
				above++;
			}
			let touching = above;
			let touchingStart = above === 0 ? 0 : ends[above - 1];
			while (touchingStart + width < ends[run]) {
				if (labels[touchingStart] === label) {
					join(parents, touching, run);
				}
				touchingStart = ends[touching++];
			}
		}
	}
	// Parents come first, so one rising pass turns them into final numbers.
	let count = 0;
	for (const { from, to } of checkedParts(check, ends.length)) {
		for (let run = from; run < to; run++) {
			parents[run] = parents[run] === run ? count++ : parents[parents[run]];
		}
	}
	return { ends, regions: parents, count };
}

/** One past the last pixel of each run, in raster order. */
function runEnds(check: Check, labels: Pixels, width: number): Uint32Array {
	let ends = new Uint32Array((labels.length >> 4) + width);
	let count = 0;
	for (let row = 0; row < labels.length; row += width) {
		check();
		if (count + width > ends.length) {
			const longer = new Uint32Array(2 * ends.length);
			checkedCopy(check, ends, longer);
			ends = longer;
		}
		for (let i = row + 1; i < row + width; i++) {
			ends[count] = i;
			// 1 where the label changes: a branch would be mispredicted on noise.
			count += -(labels[i - 1] ^ labels[i]) >>> 31;
		}
		ends[count++] = row + width;
	}
	return ends.subarray(0, count);
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
