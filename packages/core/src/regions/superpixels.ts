import { checkedParts, type Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { LabImage } from "../image/index.ts";
import { joinSmallParts } from "./join-small-parts.ts";

/** Small connected parts of a picture, each of one colour as far as that is possible. */
export interface Superpixels {
	/** Superpixel of each pixel: 4-connected, numbered in raster order of their first pixel. Shape (height, width). */
	readonly data: Uint16Array;
	readonly width: number;
	readonly height: number;
	readonly count: number;
}

/** How many are aimed at: parts of a quarter of the usual size or more are then at most 4,096. */
const COUNT = 1000;
/** Difference in colour that weighs as much as a distance of one superpixel's side, CIELAB units. */
const COMPACTNESS = 10;
/** Rounds of assigning pixels and moving centres. */
const ITERATIONS = 10;
/** Parts below this share of the usual size join another one. */
const SMALLEST_SHARE = 0.25;
/** Numbers of a centre: lightness, a, b, x, y. */
const NUMBERS = 5;

/**
 * Cut a picture into superpixels: k-means over colour and place, in which a centre only competes for the pixels around.
 *
 * Convention: centres start on a grid; the lowest centre wins a tie. Connected parts of less than a quarter of the usual
 * size join one that they touch. A picture of one colour is one superpixel.
 * Source: Achanta and others 2012, "SLIC superpixels compared to state-of-the-art superpixel methods",
 * doi:10.1109/TPAMI.2012.120.
 *
 * @returns about a thousand, at most 4,096; fewer of a picture with fewer pixels.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function cutSuperpixels(kernels: Kernels, image: LabImage): Superpixels {
	const { width, height, channels } = image;
	for (const channel of channels) {
		checkLength("cutSuperpixels", "channel (height, width)", channel, height, width);
	}
	if (channels.every((channel) => channel.every((value) => value === channel[0]))) {
		return { data: new Uint16Array(width * height), width, height, count: 1 };
	}
	const square = Math.sqrt((width * height) / COUNT);
	const rows = Math.min(Math.max(1, Math.round(height / square)), height, COUNT);
	const columns = Math.min(Math.max(1, Math.round(COUNT / rows)), width);
	const usual = (width * height) / (rows * columns);
	const centres = startCentres(image, rows, columns);
	const nearest = kernels.slic(channels, width, height, centres, {
		reach: Math.max(width / columns, height / rows),
		placeWeight: (COMPACTNESS * COMPACTNESS) / usual,
		iterations: ITERATIONS,
	});
	const parts = kernels.connectedRegions(nearest, width, height);
	const { numbers, count } = joinSmallParts(kernels, parts, image, { smallest: SMALLEST_SHARE * usual, usual });
	for (const { from, to } of checkedParts(kernels.check, nearest.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			nearest[pixel] = numbers[parts.data[pixel]];
		}
	}
	return { data: nearest, width, height, count };
}

/** The colours at the middles of the fields of a grid. Shape (rows * columns, 5). */
function startCentres({ channels, width, height }: LabImage, rows: number, columns: number): Float64Array {
	const centres = new Float64Array(rows * columns * NUMBERS);
	for (let row = 0, at = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++, at += NUMBERS) {
			const x = Math.floor(((column + 0.5) * width) / columns);
			const y = Math.floor(((row + 0.5) * height) / rows);
			const pixel = y * width + x;
			centres.set([channels[0][pixel], channels[1][pixel], channels[2][pixel], x, y], at);
		}
	}
	return centres;
}
