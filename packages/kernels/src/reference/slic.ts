import type { Check, SlicOptions } from "../kernels.ts";
import { checkedRows } from "../steps.ts";

/** Numbers of a centre: lightness, a, b, x, y. */
export const CENTRE_NUMBERS = 5;
/** Centres between two checks: about a millisecond of work. */
export const CENTRES_PER_CHECK = 64;

/** Three channels of a picture, each of shape (height, width). */
export type Channels = readonly [Float32Array, Float32Array, Float32Array];

/** Gives each pixel its nearest centre: writes `nearest`, shape (height, width). */
export type AssignPixels = (centres: Float64Array, nearest: Uint16Array) => void;

/** `Kernels.slic`. */
export function slic(
	check: Check,
	channels: Channels,
	width: number,
	height: number,
	centres: Float64Array,
	options: SlicOptions,
): Uint16Array {
	const distances = new Float32Array(width * height);
	return iterate(check, channels, width, height, centres, options.iterations, (moved, nearest) => {
		distances.fill(Number.POSITIVE_INFINITY);
		assignPixels(check, channels, width, height, moved, options, nearest, distances);
	});
}

/** Assign pixels and move centres in turns. */
export function iterate(
	check: Check,
	channels: Channels,
	width: number,
	height: number,
	centres: Float64Array,
	iterations: number,
	assign: AssignPixels,
): Uint16Array {
	const moved = centres.slice();
	const nearest = new Uint16Array(width * height);
	for (let iteration = 0; iteration < iterations; iteration++) {
		assign(moved, nearest);
		moveCentres(check, channels, width, height, moved, nearest);
	}
	return nearest;
}

function assignPixels(
	check: Check,
	[lightness, a, b]: Channels,
	width: number,
	height: number,
	centres: Float64Array,
	{ reach, placeWeight }: SlicOptions,
	nearest: Uint16Array,
	distances: Float32Array,
): void {
	for (let centre = 0, at = 0; at < centres.length; centre++, at += CENTRE_NUMBERS) {
		if (centre % CENTRES_PER_CHECK === 0) {
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
	check: Check,
	[lightness, a, b]: Channels,
	width: number,
	height: number,
	centres: Float64Array,
	nearest: Uint16Array,
): void {
	const counts = new Float64Array(centres.length / CENTRE_NUMBERS);
	const sums = new Float64Array(centres.length);
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			const centre = nearest[pixel];
			const at = centre * CENTRE_NUMBERS;
			counts[centre]++;
			sums[at] += lightness[pixel];
			sums[at + 1] += a[pixel];
			sums[at + 2] += b[pixel];
			sums[at + 3] += x;
			sums[at + 4] += y;
		}
	}
	for (let at = 0; at < sums.length; at++) {
		const count = counts[Math.floor(at / CENTRE_NUMBERS)];
		if (count > 0) {
			centres[at] = sums[at] / count;
		}
	}
}
