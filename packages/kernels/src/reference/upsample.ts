import type { Check, GridGeometry, Pixels, ScoreUpsampling } from "../kernels.ts";
import { exp, NEGLIGIBLE_EXPONENT, roughExp } from "./exp.ts";

/** More than twice what 255 (p1 - p2) can be off when every exponential is off by 8e-8 of itself: 255 * 2 * 8e-8. */
const ROUGH_GUARD = 1e-4;

/**
 * Interpolate the score of every cluster bilinearly at each pixel; keep the best cluster and how clearly it won.
 *
 * Convention: `scores` (rows, cols, K) row-major; pixel centres as `GridGeometry` says, clamped to the outermost token
 * centres; first down the rows, then along the columns, in float64; a + (b - a) f. The lowest id wins a tie.
 * Confidence: round(255 (p1 - p2)), p = softmax(score / temperature) over all clusters, p1 >= p2 the two highest;
 * with one cluster 255. A temperature that is not above 0 means certainty: 255, or 0 where the two best are equal.
 * Memory: a few rows of (cols, K), whatever the size of the picture.
 */
export function upsampleScores(
	check: Check,
	scores: Float32Array,
	clusters: number,
	geometry: GridGeometry,
	width: number,
	height: number,
	temperature: number,
): ScoreUpsampling {
	check();
	const labels = narrowLabels(width * height, clusters);
	const confidence = new Uint8Array(width * height);
	if (clusters === 1) {
		confidence.fill(255);
		return { labels, confidence };
	}
	const { rows, cols } = geometry;
	const down = axisPositions(height, rows, geometry.rowScale, geometry.rowOffset);
	const along = axisPositions(width, cols, geometry.colScale, geometry.colOffset);
	const sharpness = temperature > 0 ? 1 / temperature : Number.POSITIVE_INFINITY;
	const rowScores = new Float64Array(cols * clusters);
	const rowSlopes = new Float64Array(cols * clusters);
	const pixel = new Float64Array(clusters);
	for (let y = 0; y < height; y++) {
		check();
		interpolateRow(scores, down.lower[y], down.fraction[y], rows, rowScores);
		for (let i = 0; i < rowScores.length - clusters; i++) {
			rowSlopes[i] = rowScores[i + clusters] - rowScores[i];
		}
		for (let x = 0; x < width; x++) {
			const base = along.lower[x] * clusters;
			const fraction = along.fraction[x];
			let best = Number.NEGATIVE_INFINITY;
			let second = Number.NEGATIVE_INFINITY;
			let winner = 0;
			for (let k = 0; k < clusters; k++) {
				const score = rowScores[base + k] + rowSlopes[base + k] * fraction;
				pixel[k] = score;
				if (score > best) {
					second = best;
					best = score;
					winner = k;
				} else if (score > second) {
					second = score;
				}
			}
			labels[y * width + x] = winner;
			confidence[y * width + x] = margin(pixel, winner, second, sharpness);
		}
	}
	return { labels, confidence };
}

/** round(255 (p1 - p2)) for one pixel. `winner` has the highest score, `second` is the next highest score. */
function margin(scores: Float64Array, winner: number, second: number, sharpness: number): number {
	const best = scores[winner];
	if (best === second) {
		return 0;
	}
	if (sharpness === Number.POSITIVE_INFINITY) {
		return 255;
	}
	// Relative to the best score: its own term is 1, and nothing overflows.
	let sum = 0;
	for (let k = 0; k < scores.length; k++) {
		const exponent = (scores[k] - best) * sharpness;
		if (exponent > NEGLIGIBLE_EXPONENT) {
			sum += roughExp(exponent);
		}
	}
	const gap = (second - best) * sharpness;
	const rounded = (255 * (1 - (gap > NEGLIGIBLE_EXPONENT ? roughExp(gap) : 0))) / sum + 0.5;
	const result = Math.floor(rounded);
	// The rough value is off by less than the guard, so away from a rounding border it rounds as the exact one does.
	const distance = rounded - result;
	return distance > ROUGH_GUARD && distance < 1 - ROUGH_GUARD ? result : exactMargin(scores, winner, second, sharpness);
}

function exactMargin(scores: Float64Array, winner: number, second: number, sharpness: number): number {
	const best = scores[winner];
	let sum = 1;
	for (let k = 0; k < scores.length; k++) {
		const exponent = (scores[k] - best) * sharpness;
		if (exponent > NEGLIGIBLE_EXPONENT && k !== winner) {
			sum += exp(exponent);
		}
	}
	return Math.floor((255 * (1 - exp((second - best) * sharpness))) / sum + 0.5);
}

function interpolateRow(
	scores: Float32Array,
	lower: number,
	fraction: number,
	rows: number,
	target: Float64Array,
): void {
	const upper = lower * target.length;
	const next = Math.min(lower + 1, rows - 1) * target.length;
	for (let i = 0; i < target.length; i++) {
		const score = scores[upper + i];
		target[i] = score + (scores[next + i] - score) * fraction;
	}
}

/** Where the pixels of one axis lie between the tokens. */
export interface AxisPositions {
	/** Token at or before the pixel. */
	readonly lower: Int32Array;
	/** Distance from that token to the pixel, 0 <= f < 1, in tokens. */
	readonly fraction: Float64Array;
}

/** Pixel centres between the tokens of one axis, clamped to the outermost ones; see `GridGeometry`. */
export function axisPositions(size: number, tokens: number, scale: number, offset: number): AxisPositions {
	const lower = new Int32Array(size);
	const fraction = new Float64Array(size);
	for (let i = 0; i < size; i++) {
		const position = Math.min(Math.max((i + 0.5) * scale + offset, 0), tokens - 1);
		lower[i] = Math.floor(position);
		fraction[i] = position - lower[i];
	}
	return { lower, fraction };
}

/** Labels that fit into 8 bits. */
const LABELS_OF_BYTES = 256;

/** Room for labels below `count`, in the narrowest type that holds them: those of a large picture take much memory. */
export function narrowLabels(length: number, count: number): Pixels {
	return count <= LABELS_OF_BYTES ? new Uint8Array(length) : new Uint16Array(length);
}
