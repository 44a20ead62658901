import { type Check, checkedParts, checkedRows } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { LabImage } from "./lab.ts";

/** exp(-1 / (2 * 1.5 ** 2)): the Gaussian of deviation 1.5 pixels one pixel from its middle. */
const FALL = 0.8007374029168081;
const RADIUS = 5;

/**
 * How steeply the colour of a picture changes at each pixel: the length of its gradient over all three channels.
 *
 * Convention: CIELAB units a pixel, after a Gaussian blur of deviation 1.5 pixels; central differences, border replicated.
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns shape (height, width).
 */
export function colorGradient({ channels, width, height }: LabImage, check: Check = noCheck): Float32Array {
	const squares = new Float32Array(width * height);
	const across = new Float32Array(width * height);
	const blurred = new Float32Array(width * height);
	for (const channel of channels) {
		blurRows(channel, across, width, height, check);
		blurColumns(across, blurred, width, height, check);
		addSquares(blurred, squares, width, height, check);
	}
	for (const { from, to } of checkedParts(check, squares.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			squares[pixel] = Math.sqrt(squares[pixel]);
		}
	}
	return squares;
}

/** Weights of a pixel and of those up to RADIUS away; both sides together sum to 1. */
const WEIGHTS = gaussian();

function gaussian(): Float64Array {
	const weights = new Float64Array(RADIUS + 1);
	let sum = 0;
	for (let distance = 0; distance <= RADIUS; distance++) {
		let weight = 1;
		for (let i = 0; i < distance * distance; i++) {
			weight *= FALL;
		}
		weights[distance] = weight;
		sum += distance === 0 ? weight : 2 * weight;
	}
	return weights.map((weight) => weight / sum);
}

function blurRows(source: Float32Array, target: Float32Array, width: number, height: number, check: Check): void {
	const line = new Float64Array(width + 2 * RADIUS);
	for (const row of checkedRows(check, height, width)) {
		const start = row * width;
		line.fill(source[start], 0, RADIUS);
		line.set(source.subarray(start, start + width), RADIUS);
		line.fill(source[start + width - 1], RADIUS + width);
		for (let x = 0; x < width; x++) {
			let sum = WEIGHTS[0] * line[x + RADIUS];
			for (let distance = 1; distance <= RADIUS; distance++) {
				sum += WEIGHTS[distance] * (line[x + RADIUS - distance] + line[x + RADIUS + distance]);
			}
			target[start + x] = sum;
		}
	}
}

function blurColumns(source: Float32Array, target: Float32Array, width: number, height: number, check: Check): void {
	const sums = new Float64Array(width);
	for (const row of checkedRows(check, height, width)) {
		for (let x = 0, pixel = row * width; x < width; x++, pixel++) {
			sums[x] = WEIGHTS[0] * source[pixel];
		}
		for (let distance = 1; distance <= RADIUS; distance++) {
			const above = Math.max(0, row - distance) * width;
			const below = Math.min(height - 1, row + distance) * width;
			const weight = WEIGHTS[distance];
			for (let x = 0; x < width; x++) {
				sums[x] += weight * (source[above + x] + source[below + x]);
			}
		}
		target.set(sums, row * width);
	}
}

function addSquares(source: Float32Array, squares: Float32Array, width: number, height: number, check: Check): void {
	let pixel = 0;
	for (const row of checkedRows(check, height, width)) {
		const above = row > 0 ? -width : 0;
		const below = row < height - 1 ? width : 0;
		for (let x = 0; x < width; x++, pixel++) {
			const dx = (source[pixel + (x < width - 1 ? 1 : 0)] - source[pixel - (x > 0 ? 1 : 0)]) / 2;
			const dy = (source[pixel + below] - source[pixel + above]) / 2;
			squares[pixel] += dx * dx + dy * dy;
		}
	}
}
