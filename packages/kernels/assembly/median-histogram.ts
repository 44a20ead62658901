/**
 * Medians of one row by histograms, in a time that does not depend on the window: the cumulative histogram of the
 * window is a sum of those of its columns, of which one enters and one leaves with each step. The rank of the median
 * is the number of bins that hold no more than half of the window.
 *
 * Source: Perreault, Hébert 2007, doi:10.1109/TIP.2007.902329.
 *
 * For all: `columns` histograms as in `cumulative-columns.ts`, those of the channels of a pixel side by side, `window`
 * pixels before the first output pixel's window ends; `output` one rank per element; `count` output pixels.
 */

/** At most 16 ranks, counts of 8 bits: windows of at most 15 x 15. */
export function medianFew8(columns: usize, channels: usize, window: i32, output: usize, count: i32): void {
	const half = i8x16.splat(<i8>((window * window) >> 1));
	const step = channels << 4;
	const span = step * window;
	for (let channel: usize = 0; channel < channels; channel++) {
		let entering = columns + (channel << 4);
		let sum = i8x16.splat(0);
		for (let i = 1; i < window; i++, entering += step) {
			sum = i8x16.add(sum, v128.load(entering));
		}
		// Nothing leaves before the first pixel.
		let leaving = v128.xor(sum, sum);
		let target = output + channel;
		for (let x = 0; x < count; x++, entering += step, target += channels) {
			sum = i8x16.add(sum, i8x16.sub(v128.load(entering), leaving));
			leaving = v128.load(entering + step - span);
			store<u8>(target, bins8(sum, half));
		}
	}
}

/** At most 16 ranks, counts of 16 bits. */
export function medianFew16(columns: usize, channels: usize, window: i32, output: usize, count: i32): void {
	const half = i16x8.splat(<i16>((window * window) >> 1));
	const step = channels << 5;
	const span = step * window;
	for (let channel: usize = 0; channel < channels; channel++) {
		let entering = columns + (channel << 5);
		let low = i16x8.splat(0);
		let high = low;
		for (let i = 1; i < window; i++, entering += step) {
			low = i16x8.add(low, v128.load(entering));
			high = i16x8.add(high, v128.load(entering, 16));
		}
		let leavingLow = i16x8.splat(0);
		let leavingHigh = leavingLow;
		let target = output + channel;
		for (let x = 0; x < count; x++, entering += step, target += channels) {
			low = i16x8.add(low, i16x8.sub(v128.load(entering), leavingLow));
			high = i16x8.add(high, i16x8.sub(v128.load(entering, 16), leavingHigh));
			leavingLow = v128.load(entering + step - span);
			leavingHigh = v128.load(entering + step - span, 16);
			store<u8>(target, bins16(low, high, half));
		}
	}
}

/**
 * At most 256 ranks, counts of 8 bits: windows of at most 15 x 15.
 *
 * Of the fine histograms of the window only the one that holds the median is brought up to date, when it is asked for.
 *
 * @param state scratch of 368 bytes: 16 bytes, of which the last stays 0, the coarse histogram, 16 fine ones, and the
 *   output pixel that each of these is right for.
 */
export function medianMany8(
	coarse: usize,
	fine: usize,
	fineStride: usize,
	state: usize,
	channels: usize,
	window: i32,
	output: usize,
	count: i32,
): void {
	const half = (window * window) >> 1;
	const halves = i8x16.splat(<i8>half);
	const step = channels << 4;
	const span = step * window;
	const windowFine = state + 32;
	const fineAt = windowFine + 256;
	v128.store(state, i8x16.splat(0));
	for (let channel: usize = 0; channel < channels; channel++) {
		for (let segment: usize = 0; segment < 16; segment++) {
			store<i32>(fineAt + (segment << 2), -window);
		}
		let entering = coarse + (channel << 4);
		let fineColumn = fine + (channel << 4);
		let sum = i8x16.splat(0);
		for (let i = 1; i < window; i++, entering += step) {
			sum = i8x16.add(sum, v128.load(entering));
		}
		let leaving = i8x16.splat(0);
		let target = output + channel;
		for (let x = 0; x < count; x++, entering += step, target += channels, fineColumn += step) {
			sum = i8x16.add(sum, i8x16.sub(v128.load(entering), leaving));
			leaving = v128.load(entering + step - span);
			v128.store(state, sum, 16);
			const segment = <usize>bins8(sum, halves);
			const below = <i32>load<u8>(state + segment, 15);

			const place = windowFine + (segment << 4);
			const behind = x - load<i32>(fineAt + (segment << 2));
			store<i32>(fineAt + (segment << 2), x);
			let column = fineColumn + segment * fineStride;
			let fineSum = i8x16.splat(0);
			if (2 * behind > window) {
				for (let i = 0; i < window; i++, column += step) {
					fineSum = i8x16.add(fineSum, v128.load(column));
				}
			} else {
				fineSum = v128.load(place);
				column -= step * behind;
				for (let i = 0; i < behind; i++, column += step) {
					fineSum = i8x16.add(fineSum, i8x16.sub(v128.load(column + span), v128.load(column)));
				}
			}
			v128.store(place, fineSum);
			store<u8>(target, (segment << 4) + bins8(fineSum, i8x16.splat(<i8>(half - below))));
		}
	}
}

/**
 * At most 256 ranks, counts of 16 bits.
 *
 * @param state scratch of 640 bytes: 32 bytes, of which the last two stay 0, the coarse histogram, 16 fine ones, and
 *   the output pixel that each of these is right for.
 */
export function medianMany16(
	coarse: usize,
	fine: usize,
	fineStride: usize,
	state: usize,
	channels: usize,
	window: i32,
	output: usize,
	count: i32,
): void {
	const half = (window * window) >> 1;
	const halves = i16x8.splat(<i16>half);
	const step = channels << 5;
	const span = step * window;
	const windowFine = state + 64;
	const fineAt = windowFine + 512;
	v128.store(state, i16x8.splat(0), 16);
	for (let channel: usize = 0; channel < channels; channel++) {
		for (let segment: usize = 0; segment < 16; segment++) {
			store<i32>(fineAt + (segment << 2), -window);
		}
		let entering = coarse + (channel << 5);
		let fineColumn = fine + (channel << 5);
		let low = i16x8.splat(0);
		let high = low;
		for (let i = 1; i < window; i++, entering += step) {
			low = i16x8.add(low, v128.load(entering));
			high = i16x8.add(high, v128.load(entering, 16));
		}
		let leavingLow = i16x8.splat(0);
		let leavingHigh = leavingLow;
		let target = output + channel;
		for (let x = 0; x < count; x++, entering += step, target += channels, fineColumn += step) {
			low = i16x8.add(low, i16x8.sub(v128.load(entering), leavingLow));
			high = i16x8.add(high, i16x8.sub(v128.load(entering, 16), leavingHigh));
			leavingLow = v128.load(entering + step - span);
			leavingHigh = v128.load(entering + step - span, 16);
			v128.store(state, low, 32);
			v128.store(state, high, 48);
			const segment = <usize>bins16(low, high, halves);
			const below = <i32>load<u16>(state + (segment << 1), 30);

			const place = windowFine + (segment << 5);
			const behind = x - load<i32>(fineAt + (segment << 2));
			store<i32>(fineAt + (segment << 2), x);
			let column = fineColumn + segment * fineStride;
			let fineLow = i16x8.splat(0);
			let fineHigh = fineLow;
			if (2 * behind > window) {
				for (let i = 0; i < window; i++, column += step) {
					fineLow = i16x8.add(fineLow, v128.load(column));
					fineHigh = i16x8.add(fineHigh, v128.load(column, 16));
				}
			} else {
				fineLow = v128.load(place);
				fineHigh = v128.load(place, 16);
				column -= step * behind;
				for (let i = 0; i < behind; i++, column += step) {
					fineLow = i16x8.add(fineLow, i16x8.sub(v128.load(column + span), v128.load(column)));
					fineHigh = i16x8.add(fineHigh, i16x8.sub(v128.load(column + span, 16), v128.load(column, 16)));
				}
			}
			v128.store(place, fineLow);
			v128.store(place, fineHigh, 16);
			store<u8>(target, (segment << 4) + bins16(fineLow, fineHigh, i16x8.splat(<i16>(half - below))));
		}
	}
}

/** Number of bins that are no higher than the limit. */
function bins8(bins: v128, limit: v128): i32 {
	return popcnt(i8x16.bitmask(i8x16.le_u(bins, limit)));
}

function bins16(low: v128, high: v128, limit: v128): i32 {
	const within = i8x16.narrow_i16x8_s(i16x8.le_u(low, limit), i16x8.le_u(high, limit));
	return popcnt(i8x16.bitmask(within));
}
