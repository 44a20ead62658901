import { replicateBorder } from "./border";

/**
 * Medians of 5 x 5 windows by networks of minima and maxima, as many pixels at once as a vector holds. A column of the
 * window is sorted once and serves all windows that hold it: pass one sorts the columns, pass two selects among them.
 *
 * T is the element, u8 or u16. Loops go on to whole vectors: up to 15 bytes behind the end are read and written.
 */

/**
 * One row of medians of 5 x 5 bytes.
 *
 * @param row0 the five rows of the windows, `bytes` bytes each.
 * @param planes scratch, as many rows of `stride` bytes as the window has.
 * @param stride at least `bytes`, as many pixels as the window has, and 32 bytes.
 * @param step bytes from a pixel to the next.
 * @param output `bytes` bytes.
 */
export function medianRow5Bytes(
	row0: usize,
	row1: usize,
	row2: usize,
	row3: usize,
	row4: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	medianRow5<u8>(row0, row1, row2, row3, row4, planes, stride, step, output, bytes);
}

/** One row of medians of 5 x 5 words of 16 bits; arguments as those of `medianRow5Bytes`. */
export function medianRow5Words(
	row0: usize,
	row1: usize,
	row2: usize,
	row3: usize,
	row4: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	medianRow5<u16>(row0, row1, row2, row3, row4, planes, stride, step, output, bytes);
}

function medianRow5<T>(
	row0: usize,
	row1: usize,
	row2: usize,
	row3: usize,
	row4: usize,
	planes: usize,
	stride: usize,
	step: usize,
	output: usize,
	bytes: usize,
): void {
	sortColumns5<T>(row0, row1, row2, row3, row4, planes + 2 * step, stride, bytes);
	for (let plane: usize = 0; plane < 5; plane++) {
		replicateBorder(planes + plane * stride, 2 * step, step, bytes);
	}
	selectMedian5<T>(planes, stride, step, output, bytes);
}

/**
 * Sort five rows element by element.
 *
 * @param planes five rows for the results, `stride` bytes apart, lowest first.
 */
function sortColumns5<T>(
	row0: usize,
	row1: usize,
	row2: usize,
	row3: usize,
	row4: usize,
	planes: usize,
	stride: usize,
	bytes: usize,
): void {
	for (let i: usize = 0; i < bytes; i += 16) {
		let a = v128.load(row0 + i);
		let b = v128.load(row1 + i);
		let c = v128.load(row2 + i);
		let d = v128.load(row3 + i);
		let e = v128.load(row4 + i);
		let low = v128.min<T>(a, b);
		b = v128.max<T>(a, b);
		a = low;
		low = v128.min<T>(d, e);
		e = v128.max<T>(d, e);
		d = low;
		low = v128.min<T>(c, e);
		e = v128.max<T>(c, e);
		c = low;
		low = v128.min<T>(c, d);
		d = v128.max<T>(c, d);
		c = low;
		low = v128.min<T>(a, d);
		d = v128.max<T>(a, d);
		a = low;
		low = v128.min<T>(a, c);
		c = v128.max<T>(a, c);
		a = low;
		low = v128.min<T>(b, e);
		e = v128.max<T>(b, e);
		b = low;
		low = v128.min<T>(b, d);
		d = v128.max<T>(b, d);
		b = low;
		const target = planes + i;
		v128.store(target, a);
		v128.store(target + stride, v128.min<T>(b, c));
		v128.store(target + 2 * stride, v128.max<T>(b, c));
		v128.store(target + 3 * stride, d);
		v128.store(target + 4 * stride, e);
	}
}

/**
 * Medians of the 5 x 5 windows over sorted columns.
 *
 * Sorting the columns and then the rows of a window leaves 13 places where the median can be: of n places to the upper
 * left and m to the lower right, both included, neither may exceed 13. Here each row is sorted only as far as its
 * places need. The last steps, found by search, select the seventh of those 13, which are ordered in part.
 *
 * @param planes result of `sortColumns5`, two pixels of border before the first column and behind the last.
 * @param step bytes from a pixel to the next.
 */
function selectMedian5<T>(planes: usize, stride: usize, step: usize, output: usize, bytes: usize): void {
	for (let i: usize = 0; i < bytes; i += 16) {
		let plane = planes + i;

		// Lowest of each column: of these, the two highest.
		let a = v128.load(plane);
		let b = v128.load(plane + step);
		let c = v128.load(plane + 2 * step);
		let d = v128.load(plane + 3 * step);
		let e = v128.load(plane + 4 * step);
		let high = v128.max<T>(a, b);
		let other = v128.max<T>(c, d);
		let second = v128.max<T>(v128.min<T>(high, other), v128.max<T>(v128.min<T>(a, b), v128.min<T>(c, d)));
		high = v128.max<T>(high, other);
		const row0fourth = v128.max<T>(second, v128.min<T>(high, e));
		const row0fifth = v128.max<T>(high, e);

		// The three highest.
		plane += stride;
		a = v128.load(plane);
		b = v128.load(plane + step);
		c = v128.load(plane + 2 * step);
		d = v128.load(plane + 3 * step);
		e = v128.load(plane + 4 * step);
		high = v128.max<T>(a, b);
		other = v128.max<T>(c, d);
		second = v128.min<T>(high, other);
		high = v128.max<T>(high, other);
		other = v128.max<T>(v128.min<T>(a, b), v128.min<T>(c, d));
		let third = v128.min<T>(second, other);
		second = v128.max<T>(second, other);
		const row1fifth = v128.max<T>(high, e);
		e = v128.min<T>(high, e);
		const row1fourth = v128.max<T>(second, e);
		const row1third = v128.max<T>(third, v128.min<T>(second, e));

		// The three in the middle.
		plane += stride;
		a = v128.load(plane);
		b = v128.load(plane + step);
		c = v128.load(plane + 2 * step);
		d = v128.load(plane + 3 * step);
		e = v128.load(plane + 4 * step);
		high = v128.max<T>(a, b);
		let low = v128.min<T>(a, b);
		a = v128.max<T>(c, d);
		b = v128.min<T>(c, d);
		c = v128.min<T>(high, a);
		high = v128.max<T>(high, a);
		d = v128.max<T>(low, b);
		low = v128.min<T>(low, b);
		e = v128.min<T>(v128.max<T>(low, e), high);
		second = v128.min<T>(c, d);
		third = v128.max<T>(c, d);
		const row2fourth = v128.max<T>(third, e);
		e = v128.min<T>(third, e);
		const row2third = v128.max<T>(second, e);
		const row2second = v128.min<T>(second, e);

		// The three lowest.
		plane += stride;
		a = v128.load(plane);
		b = v128.load(plane + step);
		c = v128.load(plane + 2 * step);
		d = v128.load(plane + 3 * step);
		e = v128.load(plane + 4 * step);
		low = v128.min<T>(a, b);
		other = v128.min<T>(c, d);
		second = v128.max<T>(low, other);
		low = v128.min<T>(low, other);
		other = v128.min<T>(v128.max<T>(a, b), v128.max<T>(c, d));
		third = v128.max<T>(second, other);
		second = v128.min<T>(second, other);
		const row3first = v128.min<T>(low, e);
		e = v128.max<T>(low, e);
		const row3second = v128.min<T>(second, e);
		const row3third = v128.min<T>(third, v128.max<T>(second, e));

		// The two lowest.
		plane += stride;
		a = v128.load(plane);
		b = v128.load(plane + step);
		c = v128.load(plane + 2 * step);
		d = v128.load(plane + 3 * step);
		e = v128.load(plane + 4 * step);
		low = v128.min<T>(a, b);
		other = v128.min<T>(c, d);
		second = v128.min<T>(v128.max<T>(low, other), v128.min<T>(v128.max<T>(a, b), v128.max<T>(c, d)));
		low = v128.min<T>(low, other);
		const row4first = v128.min<T>(low, e);
		const row4second = v128.min<T>(second, v128.max<T>(low, e));

		let upper = v128.max<T>(row1third, row4first);
		let center = v128.min<T>(row2third, upper);
		upper = v128.min<T>(row2fourth, v128.max<T>(row2third, upper));
		let diagonal = v128.max<T>(row1fourth, v128.max<T>(row2second, row3first));
		diagonal = v128.min<T>(diagonal, v128.min<T>(row3third, row4second));
		center = v128.max<T>(v128.min<T>(row0fifth, diagonal), center);
		upper = v128.min<T>(upper, v128.max<T>(row0fifth, diagonal));
		low = v128.min<T>(center, upper);
		upper = v128.max<T>(center, upper);
		low = v128.max<T>(low, v128.min<T>(row1fifth, v128.max<T>(row0fourth, row3second)));
		v128.store(output + i, v128.min<T>(low, upper));
	}
}
