import { type Check, checkedParts, type GridGeometry, type Kernels } from "@dinoseg/kernels";
import type { RgbImage } from "../../image/index.ts";
import type { LabelMap } from "../../labels/label-map.ts";
import { absorbSmallRegions, type SmoothOptions, smoothLabels } from "../../refine/index.ts";

/** The maps of a segmentation, of one size. They are written to. */
interface SegmentationMaps {
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

interface SplitMapOptions {
	/** The id whose pixels are split. */
	readonly id: number;
	/** The id of what becomes the smaller part of the final map. */
	readonly newId: number;
	/** Scores of both parts at each token. Shape (rows * cols, 2). */
	readonly scores: Float32Array;
	/** Where the tokens lie among the pixels of the maps. */
	readonly geometry: GridGeometry;
	/** As for `upsampleLabels`. */
	readonly temperature: number;
	/** What smooths the border between both parts. */
	readonly smooth: SmoothOptions;
	/** Connected regions of a part below this size join the other part, pixels. */
	readonly minPixels: number;
	/** Holds all pixels of the id. */
	readonly within: Box;
}

/** What a split did. */
interface MapSplit {
	/** Which of both parts has the new id. */
	readonly moved: 0 | 1;
	/** Holds all pixels of both parts. */
	readonly box: Box;
}

/**
 * Split the pixels of one id in two by interpolated scores, and leave all others alone.
 *
 * The border between both parts is smoothed in the final map. Regions of a part that are too small join the other part
 * where they touch it, in the final map only. The part with more pixels in the final map keeps the id; among
 * equals, the first does. Confidence falls to that of the split where it is higher.
 *
 * Memory: some ten bytes per pixel of the id's box, and what smoothing takes.
 */
export function splitMap(kernels: Kernels, maps: SegmentationMaps, options: SplitMapOptions): MapSplit {
	const { id, newId, minPixels, within } = options;
	const box = boundsOf(kernels.check, [maps.labels, maps.rawLabels], id, within);
	if (box.width === 0) {
		return { moved: 1, box };
	}
	const { width, height } = box;
	const parts = { data: drawParts(kernels, maps, box, options), width, height, count: 3 };
	const { data } = absorbSmallRegions(kernels, parts, minPixels, { frozen: OUTSIDE, overwrite: true });
	const pixels = [0, 0, 0];
	for (const { from, to } of checkedParts(kernels.check, data.length)) {
		for (let at = from; at < to; at++) {
			pixels[data[at]]++;
		}
	}
	const moved = pixels[1] > pixels[0] ? 0 : 1;
	const ids = moved === 1 ? [id, newId] : [newId, id];
	forEachPixel(kernels.check, maps.labels, box, (at, from) => {
		if (data[from] !== OUTSIDE) {
			maps.labels.data[at] = ids[data[from]];
		}
		if (moved === 0 && (maps.rawLabels.data[at] === id || maps.rawLabels.data[at] === newId)) {
			maps.rawLabels.data[at] = id + newId - maps.rawLabels.data[at];
		}
	});
	return { moved, box };
}

/** The label of pixels that are in neither part. */
const OUTSIDE = 2;

/**
 * Split the raw map, the second part under the new id, and lower the confidence.
 *
 * @returns the smoothed part of each pixel of the final map in the box, `OUTSIDE` for pixels of other ids.
 */
function drawParts(
	kernels: Kernels,
	{ labels, rawLabels, confidence }: SegmentationMaps,
	box: Box,
	{ id, newId, scores, geometry, temperature, smooth }: SplitMapOptions,
): Uint8Array {
	const { width, height } = box;
	const drawn = kernels.upsampleScores(scores, 2, cropGeometry(geometry, box), width, height, temperature);
	forEachPixel(kernels.check, labels, box, (at, from) => {
		if (rawLabels.data[at] === id && drawn.labels[from] === 1) {
			rawLabels.data[at] = newId;
		}
		if (labels.data[at] === id) {
			confidence[at] = Math.min(confidence[at], drawn.confidence[from]);
		}
	});
	const smoothed = smoothLabels(
		kernels,
		{ data: drawn.labels, width, height, count: 2 },
		{ ...smooth, picture: smooth.picture && cropPicture(kernels.check, smooth.picture, box) },
	);
	const parts = new Uint8Array(width * height);
	forEachPixel(kernels.check, labels, box, (at, to) => {
		parts[to] = labels.data[at] === id ? smoothed.data[to] : OUTSIDE;
	});
	return parts;
}

/** Go through the pixels of a box: their places in the map and in the box. */
function forEachPixel(
	check: Check,
	{ width }: LabelMap,
	box: Box,
	visit: (inMap: number, inBox: number) => void,
): void {
	for (let y = 0, inBox = 0; y < box.height; y++) {
		check();
		const begin = (box.top + y) * width + box.left;
		for (let x = 0; x < box.width; x++, inBox++) {
			visit(begin + x, inBox);
		}
	}
}

/** The smallest box around the pixels that have an id in any of the maps; without such a pixel its sides are 0. */
function boundsOf(check: Check, maps: readonly LabelMap[], id: number, within: Box): Box {
	let left = within.left + within.width;
	let right = within.left;
	let top = within.top + within.height;
	let bottom = within.top;
	for (const { data, width } of maps) {
		for (let y = within.top; y < within.top + within.height; y++) {
			check();
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

/** The part of a picture in a box; the same picture where the box holds all of it. */
function cropPicture(check: Check, picture: RgbImage, { left, top, width, height }: Box): RgbImage {
	if (width === picture.width && height === picture.height) {
		return picture;
	}
	const data = new Uint8Array(width * height * 3);
	for (let y = 0; y < height; y++) {
		check();
		const from = ((top + y) * picture.width + left) * 3;
		data.set(picture.data.subarray(from, from + width * 3), y * width * 3);
	}
	return { data, width, height };
}

/** Where the tokens lie among the pixels of a box. */
function cropGeometry(geometry: GridGeometry, { left, top }: Box): GridGeometry {
	return {
		...geometry,
		rowOffset: geometry.rowOffset + top * geometry.rowScale,
		colOffset: geometry.colOffset + left * geometry.colScale,
	};
}
