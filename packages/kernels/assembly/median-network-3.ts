import { replicateBorder } from "./border";

/** Medians of 3 x 3 windows, made as those of 5 x 5 in `median-network-5.ts`. */

/** One row of medians of 3 x 3 bytes; arguments as those of `medianRow5Bytes`. */
export function medianRow3Bytes(
	above: usize,
	row: usize,
	below: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	medianRow3<u8>(above, row, below, planes, stride, step, output, bytes);
}

/** One row of medians of 3 x 3 words of 16 bits; arguments as those of `medianRow5Bytes`. */
export function medianRow3Words(
	above: usize,
	row: usize,
	below: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	medianRow3<u16>(above, row, below, planes, stride, step, output, bytes);
}

function medianRow3<T>(
	above: usize,
	row: usize,
	below: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	sortColumns3<T>(above, row, below, planes + step, stride, bytes);
	for (let plane: usize = 0; plane < 3; plane++) {
		replicateBorder(planes + plane * stride, step, step, bytes);
	}
	selectMedian3<T>(planes, stride, step, output, bytes);
}

/**
 * Sort three rows element by element.
 *
 * @param planes three rows for the results, `stride` bytes apart, lowest first.
 */
function sortColumns3<T>(a: usize, b: usize, c: usize, planes: usize, stride: usize, bytes: usize): void {
	for (let i: usize = 0; i < bytes; i += 16) {
		let low = v128.load(a + i);
		let middle = v128.load(b + i);
		const last = v128.load(c + i);
		const high = v128.max<T>(low, middle);
		low = v128.min<T>(low, middle);
		middle = v128.min<T>(high, last);
		v128.store(planes + i, v128.min<T>(low, middle));
		v128.store(planes + stride + i, v128.max<T>(low, middle));
		v128.store(planes + 2 * stride + i, v128.max<T>(high, last));
	}
}

/**
 * Medians of the 3 x 3 windows over sorted columns.
 *
 * @param planes result of `sortColumns3`, one pixel of border before the first column and behind the last.
 * @param step bytes from a pixel to the next.
 */
function selectMedian3<T>(planes: usize, stride: usize, step: usize, output: usize, bytes: usize): void {
	for (let i: usize = 0; i < bytes; i += 16) {
		const low = planes + i;
		const middle = low + stride;
		const high = middle + stride;
		const lowest = v128.max<T>(v128.max<T>(v128.load(low), v128.load(low + step)), v128.load(low + 2 * step));
		const highest = v128.min<T>(v128.min<T>(v128.load(high), v128.load(high + step)), v128.load(high + 2 * step));
		const between = medianOf3<T>(v128.load(middle), v128.load(middle + step), v128.load(middle + 2 * step));
		v128.store(output + i, medianOf3<T>(lowest, between, highest));
	}
}

function medianOf3<T>(a: v128, b: v128, c: v128): v128 {
	return v128.max<T>(v128.min<T>(a, b), v128.min<T>(v128.max<T>(a, b), c));
}
