import type { Check } from "@dinoseg/kernels";
import { checkLength, DinosegError } from "../errors/index.ts";
import { checkRgbImage, type RgbImage } from "../image/rgb-image.ts";
import type { IdMap } from "./column-runs.ts";
import { colorToHex } from "./palette.ts";

/** What was summed up over the pixels of each id. Flat arrays by id, because noise has millions of regions. */
interface AreaSums {
	/** Pixels that shares are parts of. */
	readonly total: number;
	/** Shape (count,). */
	readonly pixels: Uint32Array;
	/** Edges of the smallest upright rectangle: left, top, right, bottom. Shape (count, 4). */
	readonly boxes: Uint32Array;
	/** Sums of the pixels' centres: x, y. Shape (count, 2). */
	readonly centers: Float64Array;
	/** Sums of red, green and blue. Shape (count, 3). @default there is no photograph */
	readonly colors: Float64Array | undefined;
}

/** What the sums say about one id. */
export interface Area {
	readonly id: number;
	readonly pixels: number;
	/** Part of the picture as far as it has data, above 0 and at most 1. */
	readonly share: number;
	/** Smallest upright rectangle around the pixels, connected or not, in pixels of the original. */
	readonly bbox: readonly [x: number, y: number, width: number, height: number];
	/** Mean of the pixels' centres; that of the first pixel of the picture is (0.5, 0.5). */
	readonly centroid: readonly [x: number, y: number];
}

/**
 * Sum up pixels, boxes, centres and colours of every id, in one pass.
 *
 * @param where name of the calling function, for messages.
 * @param check called between rows.
 * @throws DinosegError SHAPE_MISMATCH if the photograph has another size, OPTION_INVALID if an id is not below count.
 */
export function sumAreas(where: string, map: IdMap, photograph: RgbImage | undefined, check: Check): AreaSums {
	const { data, width, height, count } = map;
	checkLength(where, "labels (height, width)", data, height, width);
	if (photograph) {
		checkRgbImage(where, photograph);
		checkSameSize(where, map, photograph);
	}
	const sums = {
		total: map.total ?? data.length,
		pixels: new Uint32Array(count),
		boxes: new Uint32Array(count * 4),
		centers: new Float64Array(count * 2),
		colors: photograph && new Float64Array(count * 3),
	};
	for (let y = 0; y < height; y++) {
		check();
		const row = y * width;
		const rowEnd = row + width;
		let index = row;
		while (index < rowEnd) {
			const id = data[index];
			if (id >= count) {
				throw idOutOfRange(where, id, count);
			}
			const begin = index;
			do {
				index++;
			} while (index < rowEnd && data[index] === id);
			growBox(sums.boxes, id, sums.pixels[id] === 0, begin - row, index - row, y);
			const pixels = index - begin;
			sums.pixels[id] += pixels;
			sums.centers[id * 2] += (pixels * (begin + index - 2 * row)) / 2;
			sums.centers[id * 2 + 1] += pixels * (y + 0.5);
			if (sums.colors && photograph) {
				addColors(sums.colors, id, photograph.data, begin, index);
			}
		}
	}
	return sums;
}

/** Add the run from column `left` up to `right` of row `y`. */
function growBox(boxes: Uint32Array, id: number, isFirst: boolean, left: number, right: number, y: number): void {
	const box = id * 4;
	if (isFirst) {
		boxes[box] = left;
		boxes[box + 1] = y;
		boxes[box + 2] = right;
	} else {
		boxes[box] = Math.min(boxes[box], left);
		boxes[box + 2] = Math.max(boxes[box + 2], right);
	}
	boxes[box + 3] = y + 1;
}

function addColors(colors: Float64Array, id: number, picture: Uint8Array, begin: number, end: number): void {
	let red = 0;
	let green = 0;
	let blue = 0;
	for (let i = begin * 3; i < end * 3; i += 3) {
		red += picture[i];
		green += picture[i + 1];
		blue += picture[i + 2];
	}
	colors[id * 3] += red;
	colors[id * 3 + 1] += green;
	colors[id * 3 + 2] += blue;
}

/** @param id one that has a pixel. */
export function areaOf({ total, pixels, boxes, centers }: AreaSums, id: number): Area {
	const box = id * 4;
	const left = boxes[box];
	const top = boxes[box + 1];
	const bbox = [left, top, boxes[box + 2] - left, boxes[box + 3] - top] as const;
	const centroid = [centers[id * 2] / pixels[id], centers[id * 2 + 1] / pixels[id]] as const;
	return { id, pixels: pixels[id], share: pixels[id] / total, bbox, centroid };
}

/** The mean of the photograph per channel of sRGB, rounded, as `#rrggbb`. */
export function meanColorOf(colors: Float64Array, pixels: number, id: number): string {
	const mean = (channel: number): number => Math.floor(colors[id * 3 + channel] / pixels + 0.5);
	return colorToHex([mean(0), mean(1), mean(2)]);
}

/**
 * The mean of a picture over each id, per channel of sRGB, rounded.
 *
 * @param check called between rows.
 * @returns shape (count, 3); 0 where no pixel has the id.
 */
export function meanColors(map: IdMap, picture: RgbImage, check: Check): Uint8Array {
	const { colors, pixels } = sumAreas("meanColors", map, picture, check);
	return Uint8Array.from(colors as Float64Array, (sum, at) => Math.floor(sum / pixels[Math.floor(at / 3)] + 0.5));
}

function checkSameSize(where: string, map: IdMap, image: RgbImage): void {
	if (map.width !== image.width || map.height !== image.height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${where}: labels (height, width) must match the picture (${image.height}, ${image.width}), ` +
				`got (${map.height}, ${map.width}). Pass the label map at the size of the original.`,
			{ details: { expected: [image.height, image.width], actual: [map.height, map.width] } },
		);
	}
}

function idOutOfRange(where: string, id: number, count: number): DinosegError {
	return new DinosegError(
		"OPTION_INVALID",
		`${where}: ids must be below the map's count ${count}, got ${id}. Raise count to the highest id + 1.`,
		{ details: { id, count } },
	);
}
