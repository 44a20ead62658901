import { checkedParts, type Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { LabImage } from "../image/index.ts";
import { type GridShape, gridGeometry, type Matrix } from "../tensor/index.ts";
import { poolTokens } from "./pool-tokens.ts";
import type { Superpixels } from "./superpixels.ts";

/** Weight of the tokens beside the colour. */
const TOKEN_WEIGHT = 0.7;
/** CIELAB units that count as 1. */
const COLOR_UNIT = 25;
const CHANNELS = 3;

/**
 * What each superpixel looks like: its mean colour and the mean of the tokens under it, so that squared differences of
 * both can be added.
 *
 * Convention: tokens are scaled so that the mean of their squared lengths is the square of their weight, whatever model
 * they are of.
 *
 * @param colors of the picture that the superpixels are of.
 * @param points tokens as they are to be compared: principal components, averaged and whitened or not. Shape (rows * cols, D).
 * @returns shape (superpixels, 3 + D).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function describeSuperpixels(
	kernels: Pick<Kernels, "check">,
	superpixels: Superpixels,
	colors: LabImage,
	points: Matrix,
	grid: GridShape,
): Matrix {
	const { data, width, height, count } = superpixels;
	const cols = CHANNELS + points.cols;
	const sums = new Float64Array(count * CHANNELS);
	const areas = new Float64Array(count);
	for (const channel of colors.channels) {
		checkLength("describeSuperpixels", "colors (height, width)", channel, height, width);
	}
	for (const { from, to } of checkedParts(kernels.check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			const superpixel = data[pixel];
			areas[superpixel]++;
			for (let channel = 0; channel < CHANNELS; channel++) {
				sums[superpixel * CHANNELS + channel] += colors.channels[channel][pixel];
			}
		}
	}
	const pooled = poolTokens(kernels, superpixels, points, gridGeometry(grid, width, height));
	const scale = TOKEN_WEIGHT / rootMeanSquare(points);
	const features = new Float32Array(count * cols);
	for (let superpixel = 0, at = 0; superpixel < count; superpixel++) {
		for (let channel = 0; channel < CHANNELS; channel++) {
			features[at++] = sums[superpixel * CHANNELS + channel] / areas[superpixel] / COLOR_UNIT;
		}
		for (let d = 0; d < points.cols; d++) {
			features[at++] = scale * pooled[superpixel * points.cols + d];
		}
	}
	return { data: features, rows: count, cols };
}

/** Root of the mean squared length of the points; 1 where all are 0. */
function rootMeanSquare({ data, rows }: Matrix): number {
	let sum = 0;
	for (const value of data) {
		sum += value * value;
	}
	return sum === 0 ? 1 : Math.sqrt(sum / rows);
}
