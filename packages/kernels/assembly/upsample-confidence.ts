import { exp } from "./exp";

/** Bytes that the softmax terms of one cluster take down the rows; see `prepareTerms`. */
const TERM = 32;
/** Bytes of a cluster's terms along a row: two neighbouring pixels, the factor to the next two, and to the next four. */
const STEP = 48;
/** Bytes of the sums of one row, for 128 pixels and as many beyond as are computed at once. */
const SUMS = 1152;
/** Four exponents of this size together still neither overflow nor vanish. */
const MAX_EXPONENT: f64 = 170;

/**
 * The confidence of each pixel of a tile; see `upsampleTile`, also for the result.
 *
 * Scores are bilinear over the tile, so exponentials of them grow by a constant factor from pixel to pixel along a row,
 * and that factor by a constant one from row to row: a term costs one product, and is off by less than 1e-10 of itself.
 *
 * @param ids    first those that can be the best or the second best, as far as `rivals`, then up to `all` the others
 *   that count in the sum.
 * @param leader the cluster relative to whose score all exponents are taken.
 */
export function settleConfidence(
	corners: usize,
	ids: usize,
	leader: u32,
	rivals: u32,
	all: u32,
	width: u32,
	height: u32,
	sharpness: f64,
	guard: f64,
	confidence: usize,
	stride: usize,
	uncertain: usize,
	work: usize,
): i32 {
	if (all === 1) {
		for (let y: u32 = 0; y < height; y++) {
			memory.fill(confidence + y * stride, 255, width);
		}
		return 0;
	}
	const sums = work;
	const terms = sums + SUMS;
	const steps = (terms + all * TERM + 15) & ~15;
	if (!prepareTerms(corners, ids, leader, all, width, height, sharpness, terms)) {
		return -1;
	}
	let found: u32 = 0;
	for (let y: u32 = 0; y < height; y++) {
		nextRow(terms, all, steps);
		sumRest(steps + rivals * STEP, steps + all * STEP, width, sums);
		const row = confidence + y * stride;
		found = settleRow(steps, steps + rivals * STEP, sums, width, guard, row, y * width, uncertain, found);
	}
	return found;
}

/**
 * For each cluster its term at the tile's first pixel, the factor to the next column, and how that and the term change
 * to the next row. Returns false if exponents are too large.
 */
function prepareTerms(
	corners: usize,
	ids: usize,
	leader: u32,
	count: u32,
	width: u32,
	height: u32,
	sharpness: f64,
	terms: usize,
): bool {
	const across = sharpness / max(<f64>width - 1, 1);
	const down = 1 / max(<f64>height - 1, 1);
	const base = corners + (leader << 5);
	for (let i: u32 = 0; i < count; i++) {
		const corner = corners + (load<u32>(ids + (i << 2)) << 5);
		const a = load<f64>(corner) - load<f64>(base);
		const b = load<f64>(corner, 8) - load<f64>(base, 8);
		const c = load<f64>(corner, 16) - load<f64>(base, 16);
		const d = load<f64>(corner, 24) - load<f64>(base, 24);
		if (!(max(max(abs(a), abs(b)), max(abs(c), abs(d))) * sharpness <= MAX_EXPONENT)) {
			return false;
		}
		const term = terms + i * TERM;
		store<f64>(term, exp(a * sharpness));
		store<f64>(term, exp((b - a) * across), 8);
		store<f64>(term, exp((c - a) * sharpness * down), 16);
		store<f64>(term, exp((a - b - c + d) * across * down), 24);
	}
	return true;
}

/** Lay the terms of the current row out for the loops along it, and move them on to the next row. */
function nextRow(terms: usize, count: u32, steps: usize): void {
	for (let i: u32 = 0; i < count; i++) {
		const term = terms + i * TERM;
		const first = load<f64>(term);
		const factor = load<f64>(term, 8);
		const step = steps + i * STEP;
		const two = f64x2.splat(factor * factor);
		v128.store(step, f64x2.mul(f64x2.splat(first), f64x2.replace_lane(f64x2.splat(1), 1, factor)));
		v128.store(step, two, 16);
		v128.store(step, f64x2.mul(two, two), 32);
		store<f64>(term, first * load<f64>(term, 16));
		store<f64>(term, factor * load<f64>(term, 24), 8);
	}
}

/** Sums over the clusters from `begin` to `end` at each pixel of a row: eight at a time, so up to 7 beyond the width. */
function sumRest(begin: usize, end: usize, width: u32, sums: usize): void {
	for (let x: u32 = 0; x < width; x += 8) {
		let sum0 = f64x2.splat(0);
		let sum1 = sum0;
		let sum2 = sum0;
		let sum3 = sum0;
		for (let step = begin; step < end; step += STEP) {
			const term0 = v128.load(step);
			const two = v128.load(step, 16);
			const four = v128.load(step, 32);
			const term2 = f64x2.mul(term0, four);
			sum0 = f64x2.add(sum0, term0);
			sum1 = f64x2.add(sum1, f64x2.mul(term0, two));
			sum2 = f64x2.add(sum2, term2);
			sum3 = f64x2.add(sum3, f64x2.mul(term2, two));
			v128.store(step, f64x2.mul(term2, four));
		}
		const place = sums + (x << 3);
		v128.store(place, sum0);
		v128.store(place, sum1, 16);
		v128.store(place, sum2, 32);
		v128.store(place, sum3, 48);
	}
}

/** The confidence along one row. Returns the new number of uncertain pixels. */
function settleRow(
	begin: usize,
	end: usize,
	sums: usize,
	width: u32,
	guard: f64,
	row: usize,
	place: u32,
	uncertain: usize,
	count: u32,
): u32 {
	const half = f64x2.splat(0.5);
	const full = f64x2.splat(255);
	const limit = f64x2.splat(0.5 - guard);
	let found = count;
	for (let x: u32 = 0; x < width; x += 4) {
		let sum0 = v128.load(sums + (x << 3));
		let sum1 = v128.load(sums + (x << 3), 16);
		let best0 = f64x2.splat(0);
		let best1 = best0;
		let second0 = best0;
		let second1 = best0;
		for (let step = begin; step < end; step += STEP) {
			const term0 = v128.load(step);
			const term1 = f64x2.mul(term0, v128.load(step, 16));
			sum0 = f64x2.add(sum0, term0);
			sum1 = f64x2.add(sum1, term1);
			second0 = f64x2.pmax(second0, f64x2.pmin(best0, term0));
			second1 = f64x2.pmax(second1, f64x2.pmin(best1, term1));
			best0 = f64x2.pmax(best0, term0);
			best1 = f64x2.pmax(best1, term1);
			v128.store(step, f64x2.mul(term0, v128.load(step, 32)));
		}
		const value0 = f64x2.add(f64x2.div(f64x2.mul(full, f64x2.sub(best0, second0)), sum0), half);
		const value1 = f64x2.add(f64x2.div(f64x2.mul(full, f64x2.sub(best1, second1)), sum1), half);
		const floor0 = f64x2.floor(value0);
		const floor1 = f64x2.floor(value1);
		const sure0 = f64x2.le(f64x2.abs(f64x2.sub(f64x2.sub(value0, floor0), half)), limit);
		const sure1 = f64x2.le(f64x2.abs(f64x2.sub(f64x2.sub(value1, floor1), half)), limit);
		const levels = i8x16.shuffle(
			i32x4.trunc_sat_f64x2_u_zero(floor0),
			i32x4.trunc_sat_f64x2_u_zero(floor1),
			0,
			4,
			16,
			20,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
		);
		v128.store32_lane(row + x, levels, 0);
		const sure = i64x2.bitmask(sure0) | (i64x2.bitmask(sure1) << 2);
		if (sure !== 15) {
			for (let lane: u32 = 0; lane < 4 && x + lane < width; lane++) {
				if (((sure >> lane) & 1) === 0) {
					store<u32>(uncertain + (found << 2), place + x + lane);
					found++;
				}
			}
		}
	}
	return found;
}
