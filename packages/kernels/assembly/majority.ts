/**
 * Majority of one row by histograms of columns: `blocks` times 16 bins of 16 bits, one bin a rank.
 */
const BLOCK: usize = 32;

/** Let a row of ranks take the place of another. One rank per column; up to 15 bytes behind are read. */
export function replaceRanks(old: usize, fresh: usize, columns: usize, blocks: usize, count: usize): void {
	const step = blocks * BLOCK;
	for (let begin: usize = 0; begin < count; begin += 16) {
		if (!v128.any_true(v128.xor(v128.load(old + begin), v128.load(fresh + begin)))) {
			continue;
		}
		const end = min(begin + 16, count);
		for (let i = begin; i < end; i++) {
			const column = columns + i * step;
			const leaving = column + 2 * <usize>load<u8>(old + i);
			store<u16>(leaving, load<u16>(leaving) - 1);
			const entering = column + 2 * <usize>load<u8>(fresh + i);
			store<u16>(entering, load<u16>(entering) + 1);
		}
	}
}

/**
 * Of each window of a row the most frequent rank, the lowest on ties.
 *
 * @param columns histograms, from the first column of the first window on.
 * @param sum scratch for the histogram of the window, `blocks` blocks.
 * @param output one rank per pixel.
 * @param count output pixels.
 */
export function majorityRow(columns: usize, blocks: usize, sum: usize, window: i32, output: usize, count: i32): void {
	const step = blocks * BLOCK;
	memory.fill(sum, 0, step);
	let entering = columns;
	for (let i = 0; i < window; i++, entering += step) {
		for (let at: usize = 0; at < step; at += 16) {
			v128.store(sum + at, i16x8.add(v128.load(sum + at), v128.load(entering + at)));
		}
	}
	let leaving = columns;
	let mode = modeOf(sum, sum + step);
	store<u8>(output, mode);
	for (let x = 1; x < count; x++, entering += step, leaving += step) {
		if (!sameColumn(leaving, entering, step)) {
			for (let at: usize = 0; at < step; at += 16) {
				const change = i16x8.sub(v128.load(entering + at), v128.load(leaving + at));
				v128.store(sum + at, i16x8.add(v128.load(sum + at), change));
			}
			mode = modeOf(sum, sum + step);
		}
		store<u8>(output + x, mode);
	}
}

function sameColumn(a: usize, b: usize, bytes: usize): bool {
	let difference = i16x8.splat(0);
	for (let at: usize = 0; at < bytes; at += BLOCK) {
		difference = v128.or(difference, v128.xor(v128.load(a + at), v128.load(b + at)));
		difference = v128.or(difference, v128.xor(v128.load(a + at, 16), v128.load(b + at, 16)));
	}
	return !v128.any_true(difference);
}

/** The first of the highest bins from `sum` to `end`. */
function modeOf(sum: usize, end: usize): i32 {
	let highest = v128.load(sum);
	for (let at = sum + 16; at < end; at += 16) {
		highest = i16x8.max_u(highest, v128.load(at));
	}
	highest = i16x8.max_u(highest, i8x16.shuffle(highest, highest, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
	highest = i16x8.max_u(highest, i8x16.shuffle(highest, highest, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
	highest = i16x8.max_u(highest, i8x16.shuffle(highest, highest, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
	let at = sum;
	let found = equalBins(at, highest);
	while (found === 0) {
		at += BLOCK;
		found = equalBins(at, highest);
	}
	return <i32>((at - sum) >> 1) + ctz(found);
}

/** A bit for each bin of a block that equals the count. */
function equalBins(block: usize, count: v128): i32 {
	const low = i16x8.eq(v128.load(block), count);
	const high = i16x8.eq(v128.load(block, 16), count);
	return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}
