import type { GridGeometry, Kernels } from "@dinoseg/kernels";
import type { LabelMap } from "../../labels/label-map.ts";
import { absorbSmallRegions } from "../../refine/index.ts";

/** The maps of a segmentation, of one size. They are written to. */
export interface DividedMaps {
	readonly labels: LabelMap;
	readonly rawLabels: LabelMap;
	/** Shape (height, width). */
	readonly confidence: Uint8Array;
}

/** A rectangle of pixels. */
export interface Box {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
}

export interface DivideMapOptions {
	/** The id whose pixels are divided. */
	readonly id: number;
	/** The id of what becomes the smaller part of the final map. */
	readonly newId: number;
	/** Scores of both parts at each token. Shape (rows * cols, 2). */
	readonly scores: Float32Array;
	/** Where the tokens lie among the pixels of the maps. */
	readonly geometry: GridGeometry;
	/** As for `upsampleLabels`. */
	readonly temperature: number;
	/** Connected regions of a part below this size join the other part, pixels. */
	readonly minPixels: number;
	/** Holds all pixels of the id. */
	readonly within: Box;
}

/** What a division did. */
export interface DividedMap {
	/** Which of both parts has the new id. */
	readonly moved: 0 | 1;
	/** Holds all pixels of both parts. */
	readonly box: Box;
}

/**
 * Divide the pixels of one id in two by interpolated scores, and leave all others alone.
 *
 * Regions of a part that are too small join the other part where they touch it, in the final map only. The part with
 * more pixels in the final map keeps the id, of equals the first. Confidence falls to that of the division where it is
 * higher.
 *
 * Memory: a few bytes per pixel of the id's box.
 */
export function divideMap(kernels: Kernels, maps: DividedMaps, options: DivideMapOptions): DividedMap {
	const { id, newId, scores, geometry, temperature, minPixels, within } = options;
	const box = boundsOf([maps.labels, maps.rawLabels], id, within);
	if (box.width === 0) {
		return { moved: 1, box };
	}
	const { labels: sides, confidence } = kernels.upsampleScores(
		scores,
		2,
		cropGeometry(geometry, box),
		box.width,
		box.height,
		temperature,
	);
	const divided = absorbSmallRegions(
		kernels,
		{ data: maskOutside(sides, maps.labels, id, box), width: box.width, height: box.height, count: 3 },
		minPixels,
		OUTSIDE,
	);
	const pixels = [0, 0, 0];
	for (const side of divided.data) {
		pixels[side]++;
	}
	const moved = pixels[1] > pixels[0] ? 0 : 1;
	const { width } = maps.labels;
	for (let y = 0, from = 0; y < box.height; y++) {
		for (let x = 0, at = (box.top + y) * width + box.left; x < box.width; x++, at++, from++) {
			if (maps.rawLabels.data[at] === id && sides[from] === moved) {
				maps.rawLabels.data[at] = newId;
			}
			const side = divided.data[from];
			if (side !== OUTSIDE) {
				maps.confidence[at] = Math.min(maps.confidence[at], confidence[from]);
				maps.labels.data[at] = side === moved ? newId : id;
			}
		}
	}
	return { moved, box };
}

/** The label of pixels that are in neither part. */
const OUTSIDE = 2;

/** The part of each pixel of an id, and `OUTSIDE` elsewhere in the box. */
function maskOutside(sides: ArrayLike<number>, { data, width }: LabelMap, id: number, box: Box): Uint8Array {
	const masked = new Uint8Array(box.width * box.height);
	for (let y = 0, to = 0; y < box.height; y++) {
		for (let x = 0, at = (box.top + y) * width + box.left; x < box.width; x++, at++, to++) {
			masked[to] = data[at] === id ? sides[to] : OUTSIDE;
		}
	}
	return masked;
}

/** The smallest box around the pixels that have an id in any of the maps; without such a pixel its sides are 0. */
function boundsOf(maps: readonly LabelMap[], id: number, within: Box): Box {
	let left = within.left + within.width;
	let right = within.left;
	let top = within.top + within.height;
	let bottom = within.top;
	for (const { data, width } of maps) {
		for (let y = within.top; y < within.top + within.height; y++) {
			for (let x = within.left; x < within.left + within.width; x++) {
				if (data[y * width + x] === id) {
					left = Math.min(left, x);
					right = Math.max(right, x + 1);
					top = Math.min(top, y);
					bottom = Math.max(bottom, y + 1);
				}
			}
		}
	}
	return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** Where the tokens lie among the pixels of a box. */
function cropGeometry(geometry: GridGeometry, { left, top }: Box): GridGeometry {
	return {
		...geometry,
		rowOffset: geometry.rowOffset + top * geometry.rowScale,
		colOffset: geometry.colOffset + left * geometry.colScale,
	};
}
