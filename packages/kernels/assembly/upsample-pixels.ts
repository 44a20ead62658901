import { exp } from "./exp";
import { LINE, prepareLines } from "./upsample-labels";

/** exp of what is below this is too little to count. */
const NEGLIGIBLE: f64 = -30;
/** More than what the sum of the terms left out and the rounding of all others make of a confidence, in levels. */
const GUARD: f64 = 1e-5;

/**
 * The confidence of each pixel of a tile, each from its own scores: slower than `settleConfidence`, and right however
 * steep the scores are. `sharpness` may be infinite: then 255, and 0 where the two best are equal. See `upsampleTile`.
 *
 * @param ids the `count` clusters that can be the best or count in the sum; a second best that is none of them is so
 *   far below that it makes no difference.
 */
export function settlePixels(
	tokens: usize,
	tokenRight: usize,
	tokenBelow: usize,
	ids: usize,
	count: u32,
	fractionsX: usize,
	fractionsY: usize,
	width: u32,
	height: u32,
	sharpness: f64,
	confidence: usize,
	stride: usize,
	uncertain: usize,
	lines: usize,
): u32 {
	const end = lines + count * LINE;
	let found: u32 = 0;
	for (let y: u32 = 0; y < height; y++) {
		prepareLines(tokens, tokenRight, tokenBelow, ids, count, load<f64>(fractionsY + (y << 3)), lines);
		for (let x: u32 = 0; x < width; x++) {
			const at = load<f64>(fractionsX + (x << 3));
			let best = -Infinity;
			let second = -Infinity;
			for (let line = lines; line < end; line += LINE) {
				const score = load<f64>(line) + load<f64>(line, 16) * at;
				second = max(second, min(best, score));
				best = max(best, score);
			}
			const level = confidence + y * stride + x;
			if (best === second || sharpness === Infinity) {
				store<u8>(level, best === second ? 0 : 255);
				continue;
			}
			let sum: f64 = 0;
			for (let line = lines; line < end; line += LINE) {
				const score = load<f64>(line) + load<f64>(line, 16) * at;
				sum += termOf((score - best) * sharpness);
			}
			const value = (255 * (1 - termOf((second - best) * sharpness))) / sum + 0.5;
			const whole = floor(value);
			store<u8>(level, <u32>whole);
			if (abs(value - whole - 0.5) > 0.5 - GUARD) {
				store<u32>(uncertain + (found << 2), y * width + x);
				found++;
			}
		}
	}
	return found;
}

function termOf(exponent: f64): f64 {
	return exponent > NEGLIGIBLE ? exp(exponent) : 0;
}
