import { type Check, checkedParts, checkedRows, type Kernels } from "@dinoseg/kernels";
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
	const nearest = new Uint16Array(width * height);
	const surroundings = {
		reach: Math.max(width / columns, height / rows),
		placeWeight: (COMPACTNESS * COMPACTNESS) / usual,
	};
	const distances = new Float32Array(width * height);
	for (let iteration = 0; iteration < ITERATIONS; iteration++) {
		assignPixels(image, centres, surroundings, nearest, distances, kernels.check);
		moveCentres(image, centres, nearest, kernels.check);
	}
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

interface Surroundings {
	/** How far a centre looks along each axis, pixels. */
	readonly reach: number;
	/** Weight of squared pixels beside squared CIELAB units. */
	readonly placeWeight: number;
}

function assignPixels(
	{ channels: [lightness, a, b], width, height }: LabImage,
	centres: Float64Array,
	{ reach, placeWeight }: Surroundings,
	nearest: Uint16Array,
	distances: Float32Array,
	check: Check,
): void {
	distances.fill(Number.POSITIVE_INFINITY);
	for (let centre = 0, at = 0; at < centres.length; centre++, at += NUMBERS) {
		if (centre % 64 === 0) {
			check();
		}
		const centreLightness = centres[at];
		const centreA = centres[at + 1];
		const centreB = centres[at + 2];
		const centreX = centres[at + 3];
		const centreY = centres[at + 4];
		const left = Math.max(0, Math.ceil(centreX - reach));
		const right = Math.min(width - 1, Math.floor(centreX + reach));
		const bottom = Math.min(height - 1, Math.floor(centreY + reach));
		for (let y = Math.max(0, Math.ceil(centreY - reach)); y <= bottom; y++) {
			const down = (y - centreY) * (y - centreY) * placeWeight;
			for (let x = left, pixel = y * width + left; x <= right; x++, pixel++) {
				const byLightness = lightness[pixel] - centreLightness;
				const byA = a[pixel] - centreA;
				const byB = b[pixel] - centreB;
				const across = x - centreX;
				const distance = Math.fround(
					byLightness * byLightness + byA * byA + byB * byB + across * across * placeWeight + down,
				);
				if (distance < distances[pixel]) {
					distances[pixel] = distance;
					nearest[pixel] = centre;
				}
			}
		}
	}
}

/** Each centre becomes the mean of its pixels; one that has none stays. */
function moveCentres(
	{ channels: [lightness, a, b], width, height }: LabImage,
	centres: Float64Array,
	nearest: Uint16Array,
	check: Check,
): void {
	const counts = new Float64Array(centres.length / NUMBERS);
	const sums = new Float64Array(centres.length);
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			const centre = nearest[pixel];
			const at = centre * NUMBERS;
			counts[centre]++;
			sums[at] += lightness[pixel];
			sums[at + 1] += a[pixel];
			sums[at + 2] += b[pixel];
			sums[at + 3] += x;
			sums[at + 4] += y;
		}
	}
	for (let at = 0; at < sums.length; at++) {
		const count = counts[Math.floor(at / NUMBERS)];
		if (count > 0) {
			centres[at] = sums[at] / count;
		}
	}
}
