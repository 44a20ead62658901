import type { Check } from "@dinoseg/kernels";

/** Numbers that a label has in a cell: one for each colour, and an offset. */
export const COEFFICIENTS = 4;

/** Sides of the blocks of pixels that are looked at together, pixels: neighbours have like colours. */
const BLOCK_WIDTH = 32;
const BLOCK_HEIGHT = 8;

/** Pixels of a block from which on it is worth to find out which labels matter in it. */
const WORTHWHILE = 64;

/** Far above what rounding does to a value, far below what tells labels apart. */
const ROUNDING = 1e-9;

/** Bytes as shares of 255. */
const UNIT = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

/** What lies between the centres of four cells. */
export interface Tile {
	/** Labels that have a share at a corner, rising. */
	readonly present: readonly number[];
	/** Coefficients upper left, upper right, lower left and lower right. Shape (4, present labels, 4). */
	readonly corners: Float64Array;
	/** First column and row, and those after the last, pixels. */
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** A label map that is made tile by tile, and what it is made of. */
export interface TiledMap {
	/** Shape (height, width). Written. */
	readonly data: Uint8Array | Uint16Array;
	readonly width: number;
	/** Shape (height, width, 3). */
	readonly colors: Uint8Array;
	/** Place of each column between the corners of its tile, 0 to 1. Shape (width,). */
	readonly across: Float64Array;
	/** Place of each row between the corners of its tile, 0 to 1. Shape (height,). */
	readonly down: Float64Array;
}

/** The functions of all labels along one row of a tile. */
interface RowModels {
	/** Coefficients at the left end. Shape (present labels, 4), and room for more. */
	readonly start: Float64Array;
	/** What the right end has more. Shape (present labels, 4), and room for more. */
	readonly slope: Float64Array;
}

/**
 * Give each pixel of a tile the label whose interpolated function is largest at its colour, the first of equals.
 *
 * In the colours of a small block few labels can be the largest: only those are looked at for every pixel.
 *
 * @param check  called between blocks.
 * @param labels that a tile can have.
 */
export function tileLabeller(check: Check, map: TiledMap, labels: number): (tile: Tile) => void {
	const { data, width, across, down } = map;
	// Made once: tiles are many and small.
	const [upper, lower, models] = [emptyRow(labels), emptyRow(labels), emptyRow(labels)];
	const rivals = new Uint32Array(labels);
	const range = new Float64Array(6);

	return (tile) => {
		const { present } = tile;
		for (let top = tile.top; top < tile.bottom; top += BLOCK_HEIGHT) {
			check();
			const bottom = Math.min(tile.bottom, top + BLOCK_HEIGHT);
			const isWorthwhile = (bottom - top) * Math.min(BLOCK_WIDTH, tile.right - tile.left) >= WORTHWHILE;
			if (isWorthwhile) {
				interpolateRow(tile, down[top], upper);
				interpolateRow(tile, down[bottom - 1], lower);
			}
			for (let left = tile.left; left < tile.right; left += BLOCK_WIDTH) {
				const right = Math.min(tile.right, left + BLOCK_WIDTH);
				let count = present.length;
				if (count > 1 && isWorthwhile) {
					findRange(map, top, bottom, left, right, range);
					count = findRivals(present.length, upper, lower, across[left], across[right - 1], range, rivals);
				} else {
					for (let rival = 0; rival < count; rival++) {
						rivals[rival] = rival;
					}
				}
				for (let y = top; y < bottom; y++) {
					if (count === 1) {
						data.fill(present[rivals[0]], y * width + left, y * width + right);
					} else {
						interpolateRow(tile, down[y], models);
						labelPixels(map, models, y, left, right, present, rivals, count);
					}
				}
			}
		}
	};
}

function emptyRow(labels: number): RowModels {
	return { start: new Float64Array(labels * COEFFICIENTS), slope: new Float64Array(labels * COEFFICIENTS) };
}

/** The functions between the upper and the lower corners of a tile. */
function interpolateRow({ corners, present }: Tile, down: number, { start, slope }: RowModels): void {
	const right = present.length * COEFFICIENTS;
	const below = 2 * right;
	for (let i = 0; i < right; i++) {
		const j = right + i;
		const value = corners[i] + down * (corners[below + i] - corners[i]);
		start[i] = value;
		slope[i] = corners[j] + down * (corners[below + j] - corners[j]) - value;
	}
}

/**
 * The colours of a block.
 *
 * @param range the middle of red, green and blue, and how far each reaches from it, as shares of 255. Shape (6,). Written.
 */
function findRange(
	{ colors, width }: TiledMap,
	top: number,
	bottom: number,
	left: number,
	right: number,
	range: Float64Array,
): void {
	let lowRed = 255;
	let lowGreen = 255;
	let lowBlue = 255;
	let highRed = 0;
	let highGreen = 0;
	let highBlue = 0;
	for (let y = top; y < bottom; y++) {
		const end = 3 * (y * width + right);
		for (let at = 3 * (y * width + left); at < end; at += 3) {
			const red = colors[at];
			const green = colors[at + 1];
			const blue = colors[at + 2];
			lowRed = Math.min(lowRed, red);
			highRed = Math.max(highRed, red);
			lowGreen = Math.min(lowGreen, green);
			highGreen = Math.max(highGreen, green);
			lowBlue = Math.min(lowBlue, blue);
			highBlue = Math.max(highBlue, blue);
		}
	}
	range[0] = (lowRed + highRed) / 510;
	range[1] = (lowGreen + highGreen) / 510;
	range[2] = (lowBlue + highBlue) / 510;
	range[3] = (highRed - lowRed) / 510;
	range[4] = (highGreen - lowGreen) / 510;
	range[5] = (highBlue - lowBlue) / 510;
}

/**
 * The labels that may have the largest function somewhere in a block. One that a single other exceeds everywhere may not,
 * and where the difference of two is largest is a corner, in colours as in places.
 *
 * @param upper functions along the first row of the block.
 * @param lower those along its last row.
 * @param first place of its first column.
 * @param last  place of its last column.
 * @param range see `findRange`.
 * @param rivals indices among the present labels, rising. Written.
 * @returns how many they are.
 */
function findRivals(
	present: number,
	upper: RowModels,
	lower: RowModels,
	first: number,
	last: number,
	range: Float64Array,
	rivals: Uint32Array,
): number {
	const leader = leaderOf(present, upper, first, range);
	let count = 0;
	for (let rival = 0; rival < present; rival++) {
		const i = rival * COEFFICIENTS;
		const isLower =
			mostAbove(upper, i, leader, first, range) < -ROUNDING &&
			mostAbove(upper, i, leader, last, range) < -ROUNDING &&
			mostAbove(lower, i, leader, first, range) < -ROUNDING &&
			mostAbove(lower, i, leader, last, range) < -ROUNDING;
		if (!isLower) {
			rivals[count++] = rival;
		}
	}
	return count;
}

/** Where the coefficients of the largest function at the middle colour begin. */
function leaderOf(present: number, { start, slope }: RowModels, place: number, range: Float64Array): number {
	let leader = 0;
	let highest = Number.NEGATIVE_INFINITY;
	for (let i = 0; i < present * COEFFICIENTS; i += COEFFICIENTS) {
		const value =
			(start[i] + place * slope[i]) * range[0] +
			(start[i + 1] + place * slope[i + 1]) * range[1] +
			(start[i + 2] + place * slope[i + 2]) * range[2] +
			(start[i + 3] + place * slope[i + 3]);
		if (value > highest) {
			highest = value;
			leader = i;
		}
	}
	return leader;
}

/** The most by which one function exceeds another at one place, for colours of a range. */
function mostAbove(
	{ start, slope }: RowModels,
	one: number,
	other: number,
	place: number,
	range: Float64Array,
): number {
	let most = start[one + 3] - start[other + 3] + place * (slope[one + 3] - slope[other + 3]);
	for (let c = 0; c < 3; c++) {
		const factor = start[one + c] - start[other + c] + place * (slope[one + c] - slope[other + c]);
		most += factor * range[c] + Math.abs(factor) * range[3 + c];
	}
	return most;
}

/** Label the pixels of one row of a block. */
function labelPixels(
	{ data, width, colors, across }: TiledMap,
	{ start, slope }: RowModels,
	y: number,
	left: number,
	right: number,
	present: readonly number[],
	rivals: Uint32Array,
	count: number,
): void {
	for (let x = left, at = y * width + left; x < right; x++, at++) {
		const place = across[x];
		const red = UNIT[colors[3 * at]];
		const green = UNIT[colors[3 * at + 1]];
		const blue = UNIT[colors[3 * at + 2]];
		let best = 0;
		let highest = Number.NEGATIVE_INFINITY;
		for (let rival = 0; rival < count; rival++) {
			const i = rivals[rival] * COEFFICIENTS;
			const value =
				(start[i] + place * slope[i]) * red +
				(start[i + 1] + place * slope[i + 1]) * green +
				(start[i + 2] + place * slope[i + 2]) * blue +
				(start[i + 3] + place * slope[i + 3]);
			if (value > highest) {
				highest = value;
				best = rivals[rival];
			}
		}
		data[at] = present[best];
	}
}
