/**
 * The two passes of a resize on 8 bits with weights of 22 fractional bits.
 *
 * A product of 16-bit numbers adds two pixels at once, but a weight needs 23 bits: it is split into
 * high * 2^15 + low, 0 <= low < 2^15, and the two sums are put together in the end. All is exact modulo 2^32.
 * Weights lie in pairs of pixels: high, high, low, low, each of 16 bits. An odd last one is paired with zeros.
 */
const PRECISION_BITS: i32 = 22;
const LOW_BITS: i32 = 15;
const PAIR_BYTES: usize = 8;

/**
 * Four rows of pixels of up to four channels, narrowed or widened.
 *
 * @param source four rows, `sourceStride` bytes apart.
 * @param axis for each output pixel the byte of its first source pixel in a row, and its number of pairs; i32.
 * @param weights of each output pixel, `weightStride` bytes apart.
 * @param spread picks two pixels out of 8 bytes: of each channel that of the first and that of the second, 16 bits each.
 * @param output four rows, `outputStride` bytes apart.
 * @param count output pixels in a row.
 */
export function resizeRows(
	source: usize,
	sourceStride: usize,
	channels: usize,
	axis: usize,
	weights: usize,
	weightStride: usize,
	spread: usize,
	output: usize,
	outputStride: usize,
	count: i32,
): void {
	const mask = v128.load(spread);
	const step = channels << 1;
	for (let x = 0; x < count; x++) {
		let pixel = source + load<u32>(axis);
		let weight = weights;
		const end = weights + <usize>load<u32>(axis, 4) * PAIR_BYTES;
		let high0 = i32x4.splat(0);
		let high1 = high0;
		let high2 = high0;
		let high3 = high0;
		let low0 = i32x4.splat(1 << (PRECISION_BITS - 1));
		let low1 = low0;
		let low2 = low0;
		let low3 = low0;
		while (weight < end) {
			const high = v128.load32_splat(weight);
			const low = v128.load32_splat(weight, 4);
			let at = pixel;
			let pair = i8x16.swizzle(v128.load64_zero(at), mask);
			high0 = i32x4.add(high0, i32x4.dot_i16x8_s(pair, high));
			low0 = i32x4.add(low0, i32x4.dot_i16x8_s(pair, low));
			at += sourceStride;
			pair = i8x16.swizzle(v128.load64_zero(at), mask);
			high1 = i32x4.add(high1, i32x4.dot_i16x8_s(pair, high));
			low1 = i32x4.add(low1, i32x4.dot_i16x8_s(pair, low));
			at += sourceStride;
			pair = i8x16.swizzle(v128.load64_zero(at), mask);
			high2 = i32x4.add(high2, i32x4.dot_i16x8_s(pair, high));
			low2 = i32x4.add(low2, i32x4.dot_i16x8_s(pair, low));
			at += sourceStride;
			pair = i8x16.swizzle(v128.load64_zero(at), mask);
			high3 = i32x4.add(high3, i32x4.dot_i16x8_s(pair, high));
			low3 = i32x4.add(low3, i32x4.dot_i16x8_s(pair, low));
			weight += PAIR_BYTES;
			pixel += step;
		}
		let target = output;
		storePixel(target, high0, low0, channels);
		target += outputStride;
		storePixel(target, high1, low1, channels);
		target += outputStride;
		storePixel(target, high2, low2, channels);
		target += outputStride;
		storePixel(target, high3, low3, channels);
		axis += 8;
		weights += weightStride;
		output += channels;
	}
}

/**
 * One row that is a weighted sum of rows.
 *
 * @param source two rows for each pair of weights, `bytes` bytes each, one directly behind the other.
 * @param output up to 15 bytes behind the row are overwritten.
 */
export function resizeColumn(source: usize, weights: usize, pairs: usize, output: usize, bytes: usize): void {
	const end = weights + pairs * PAIR_BYTES;
	for (let i: usize = 0; i < bytes; i += 16) {
		let row = source + i;
		let high0 = i32x4.splat(0);
		let high1 = high0;
		let high2 = high0;
		let high3 = high0;
		let low0 = i32x4.splat(1 << (PRECISION_BITS - 1));
		let low1 = low0;
		let low2 = low0;
		let low3 = low0;
		for (let weight = weights; weight < end; weight += PAIR_BYTES) {
			const high = v128.load32_splat(weight);
			const low = v128.load32_splat(weight, 4);
			const a = v128.load(row);
			const b = v128.load(row + bytes);
			row += 2 * bytes;
			let pairs = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
			let pair = i16x8.extend_low_i8x16_u(pairs);
			high0 = i32x4.add(high0, i32x4.dot_i16x8_s(pair, high));
			low0 = i32x4.add(low0, i32x4.dot_i16x8_s(pair, low));
			pair = i16x8.extend_high_i8x16_u(pairs);
			high1 = i32x4.add(high1, i32x4.dot_i16x8_s(pair, high));
			low1 = i32x4.add(low1, i32x4.dot_i16x8_s(pair, low));
			pairs = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
			pair = i16x8.extend_low_i8x16_u(pairs);
			high2 = i32x4.add(high2, i32x4.dot_i16x8_s(pair, high));
			low2 = i32x4.add(low2, i32x4.dot_i16x8_s(pair, low));
			pair = i16x8.extend_high_i8x16_u(pairs);
			high3 = i32x4.add(high3, i32x4.dot_i16x8_s(pair, high));
			low3 = i32x4.add(low3, i32x4.dot_i16x8_s(pair, low));
		}
		const left = i16x8.narrow_i32x4_s(rounded(high0, low0), rounded(high1, low1));
		const right = i16x8.narrow_i32x4_s(rounded(high2, low2), rounded(high3, low3));
		v128.store(output + i, i8x16.narrow_i16x8_u(left, right));
	}
}

function rounded(high: v128, low: v128): v128 {
	return i32x4.shr_s(i32x4.add(i32x4.shl(high, LOW_BITS), low), PRECISION_BITS);
}

/** Clip the sums to bytes and store those of `channels` channels. */
function storePixel(target: usize, high: v128, low: v128, channels: usize): void {
	const sums = rounded(high, low);
	const words = i16x8.narrow_i32x4_s(sums, sums);
	const bytes = i8x16.narrow_i16x8_u(words, words);
	if (channels === 3) {
		v128.store16_lane(target, bytes, 0);
		v128.store8_lane(target, bytes, 2, 2);
	} else if (channels === 4) {
		v128.store32_lane(target, bytes, 0);
	} else if (channels === 2) {
		v128.store16_lane(target, bytes, 0);
	} else {
		v128.store8_lane(target, bytes, 0);
	}
}
