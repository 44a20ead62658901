import { settleConfidence } from "./upsample-confidence";
import { settleLabels } from "./upsample-labels";
import { settlePixels } from "./upsample-pixels";

/** A score this many temperatures below the best adds less than 1e-13 of the best's share to the sum of the softmax. */
const NEGLIGIBLE: f64 = 30;

/** A tile of this side, pixels, is settled pixel by pixel where no other way will do. */
const SMALLEST: u32 = 8;

/** Bytes that the corner scores of one cluster take. */
const CORNERS = 32;

/** What 1 ulp of a token's score, or of a product of scores, is below. */
const ROUNDING: f64 = 1e-15;

/**
 * Labels and confidence of one tile: a rectangle of pixels that lie between the same four tokens, evenly spaced.
 *
 * Inside a tile every score is bilinear in the pixel's place, so its highest and lowest value are at the corners, and
 * clusters that cannot matter are left out from the start.
 *
 * @param tokens      scores of the tile's upper left token. Shape (clusters,), f32.
 * @param tokenRight  bytes from there to the token on the right; 0 beside the right border.
 * @param tokenBelow  bytes to the token below; 0 at the lower border.
 * @param fractionsX  distance of each column to the left tokens; may be read 3 beyond the width. f64.
 * @param fractionsY  distance of each row to the upper tokens. f64.
 * @param width       at most 128, as is `height`.
 * @param sharpness   1 / temperature; infinite for certainty.
 * @param labels      u16, rows `stride` elements apart; 7 beyond the width are overwritten.
 * @param confidence  u8, likewise.
 * @param uncertain   gets the places y * width + x of the pixels whose confidence lies too close to a rounding border
 *   to be sure of it. u32, width * height at most.
 * @param work        120 * clusters + 1280 bytes.
 * @returns how many pixels are uncertain; -1 if scores vary so much between the tile's corners that it has to be
 *   halved; never for a side of 8 or less.
 */
export function upsampleTile(
	tokens: usize,
	tokenRight: usize,
	tokenBelow: usize,
	clusters: u32,
	fractionsX: usize,
	fractionsY: usize,
	width: u32,
	height: u32,
	sharpness: f64,
	labels: usize,
	confidence: usize,
	stride: usize,
	uncertain: usize,
	work: usize,
): i32 {
	const left = load<f64>(fractionsX);
	const right = load<f64>(fractionsX + ((width - 1) << 3));
	const top = load<f64>(fractionsY);
	const bottom = load<f64>(fractionsY + ((height - 1) << 3));
	const corners = work;
	const ids = corners + clusters * CORNERS;
	const states = (ids + (clusters << 2) + 15) & ~15;

	let magnitude: f64 = 0;
	let highestLow = -Infinity;
	let secondLow = -Infinity;
	let leader: u32 = 0;
	for (let k: u32 = 0; k < clusters; k++) {
		const token = tokens + (k << 2);
		const a: f64 = load<f32>(token);
		const b: f64 = load<f32>(token + tokenRight);
		const c: f64 = load<f32>(token + tokenBelow);
		const d: f64 = load<f32>(token + tokenBelow + tokenRight);
		magnitude = max(magnitude, max(max(abs(a), abs(b)), max(abs(c), abs(d))));
		const corner = corners + k * CORNERS;
		const topLeft = a + (c - a) * top;
		const topSlope = b + (d - b) * top - topLeft;
		const bottomLeft = a + (c - a) * bottom;
		const bottomSlope = b + (d - b) * bottom - bottomLeft;
		store<f64>(corner, topLeft + topSlope * left);
		store<f64>(corner, topLeft + topSlope * right, 8);
		store<f64>(corner, bottomLeft + bottomSlope * left, 16);
		store<f64>(corner, bottomLeft + bottomSlope * right, 24);
		const low = lowest(corner);
		if (low > highestLow) {
			secondLow = highestLow;
			highestLow = low;
			leader = k;
		} else if (low > secondLow) {
			secondLow = low;
		}
	}
	const slack = 16 * ROUNDING * magnitude;
	const canWin = highestLow - slack;
	const counts = highestLow - NEGLIGIBLE / sharpness - slack;
	const canBeSecond = max(secondLow - slack, counts);
	const winners = collect(corners, clusters, canWin, Infinity, ids, 0);
	settleLabels(
		tokens,
		tokenRight,
		tokenBelow,
		ids,
		winners,
		fractionsX,
		fractionsY,
		width,
		height,
		labels,
		stride,
		states,
	);
	const isCertain = sharpness === Infinity;
	const rivals = isCertain ? winners : collect(corners, clusters, canBeSecond, canWin, ids, winners);
	const all = isCertain ? winners : collect(corners, clusters, counts, canBeSecond, ids, rivals);
	// Rounding of a score is an error of the exponent.
	const guard = 1e-5 + 255 * 64 * ROUNDING * magnitude * sharpness;
	const settled = isCertain
		? -1
		: settleConfidence(
				corners,
				ids,
				leader,
				rivals,
				all,
				width,
				height,
				sharpness,
				guard,
				confidence,
				stride,
				uncertain,
				states,
			);
	if (settled >= 0 || (!isCertain && max(width, height) > SMALLEST)) {
		return settled;
	}
	return settlePixels(
		tokens,
		tokenRight,
		tokenBelow,
		ids,
		all,
		fractionsX,
		fractionsY,
		width,
		height,
		sharpness,
		confidence,
		stride,
		uncertain,
		states,
	);
}

/** Append the clusters whose highest corner score is at least `floor` and below `ceiling`. Returns the new length. */
function collect(corners: usize, clusters: u32, floor: f64, ceiling: f64, ids: usize, length: u32): u32 {
	let end = length;
	for (let k: u32 = 0; k < clusters; k++) {
		const high = highest(corners + k * CORNERS);
		if (high >= floor && high < ceiling) {
			store<u32>(ids + (end << 2), k);
			end++;
		}
	}
	return end;
}

function lowest(corner: usize): f64 {
	return min(min(load<f64>(corner), load<f64>(corner, 8)), min(load<f64>(corner, 16), load<f64>(corner, 24)));
}

function highest(corner: usize): f64 {
	return max(max(load<f64>(corner), load<f64>(corner, 8)), max(load<f64>(corner, 16), load<f64>(corner, 24)));
}
