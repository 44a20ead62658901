/**
 * Cumulative histograms of the columns of a window: bin k counts the pixels of rank k or below. A row that enters
 * and the row that leaves change a bin by the difference of two steps.
 *
 * Counts have 8 or 16 bits, a histogram has 16 bins: one vector or two. `steps` are the histograms of one pixel of
 * each rank 0..15. Up to 256 ranks are counted on two levels: `coarse` by rank >> 4, and below `fine` by rank & 15 for
 * each of the 16 coarse ranks, which lie `fineStride` bytes apart.
 */

/** At most 16 ranks, counts of 8 bits. `old` and `fresh`: one rank per column; up to 15 bytes behind are read. */
export function replaceFew8(old: usize, fresh: usize, columns: usize, steps: usize, count: usize): void {
	for (let begin: usize = 0; begin < count; begin += 16) {
		if (sameVector(old + begin, fresh + begin)) {
			continue;
		}
		const end = min(begin + 16, count);
		for (let i = begin; i < end; i++) {
			step8(columns + (i << 4), steps, load<u8>(old + i), load<u8>(fresh + i));
		}
	}
}

/** At most 16 ranks, counts of 16 bits. */
export function replaceFew16(old: usize, fresh: usize, columns: usize, steps: usize, count: usize): void {
	for (let begin: usize = 0; begin < count; begin += 16) {
		if (sameVector(old + begin, fresh + begin)) {
			continue;
		}
		const end = min(begin + 16, count);
		for (let i = begin; i < end; i++) {
			step16(columns + (i << 5), steps, load<u8>(old + i), load<u8>(fresh + i));
		}
	}
}

/** At most 256 ranks, counts of 8 bits. */
export function replaceMany8(
	old: usize,
	fresh: usize,
	coarse: usize,
	fine: usize,
	fineStride: usize,
	steps: usize,
	count: usize,
): void {
	for (let i: usize = 0; i < count; i++) {
		const from = <usize>load<u8>(old + i);
		const to = <usize>load<u8>(fresh + i);
		if (from !== to) {
			step8(coarse + (i << 4), steps, from >> 4, to >> 4);
			const leaving = fine + (from >> 4) * fineStride + (i << 4);
			v128.store(leaving, i8x16.sub(v128.load(leaving), v128.load(steps + ((from & 15) << 4))));
			const entering = fine + (to >> 4) * fineStride + (i << 4);
			v128.store(entering, i8x16.add(v128.load(entering), v128.load(steps + ((to & 15) << 4))));
		}
	}
}

/** At most 256 ranks, counts of 16 bits. */
export function replaceMany16(
	old: usize,
	fresh: usize,
	coarse: usize,
	fine: usize,
	fineStride: usize,
	steps: usize,
	count: usize,
): void {
	for (let i: usize = 0; i < count; i++) {
		const from = <usize>load<u8>(old + i);
		const to = <usize>load<u8>(fresh + i);
		if (from !== to) {
			step16(coarse + (i << 5), steps, from >> 4, to >> 4);
			const leaving = fine + (from >> 4) * fineStride + (i << 5);
			const fromStep = steps + ((from & 15) << 5);
			v128.store(leaving, i16x8.sub(v128.load(leaving), v128.load(fromStep)));
			v128.store(leaving, i16x8.sub(v128.load(leaving, 16), v128.load(fromStep, 16)), 16);
			const entering = fine + (to >> 4) * fineStride + (i << 5);
			const toStep = steps + ((to & 15) << 5);
			v128.store(entering, i16x8.add(v128.load(entering), v128.load(toStep)));
			v128.store(entering, i16x8.add(v128.load(entering, 16), v128.load(toStep, 16)), 16);
		}
	}
}

function sameVector(a: usize, b: usize): bool {
	return !v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}

function step8(column: usize, steps: usize, from: usize, to: usize): void {
	const change = i8x16.sub(v128.load(steps + (to << 4)), v128.load(steps + (from << 4)));
	v128.store(column, i8x16.add(v128.load(column), change));
}

function step16(column: usize, steps: usize, from: usize, to: usize): void {
	const fromStep = steps + (from << 5);
	const toStep = steps + (to << 5);
	const low = i16x8.sub(v128.load(toStep), v128.load(fromStep));
	const high = i16x8.sub(v128.load(toStep, 16), v128.load(fromStep, 16));
	v128.store(column, i16x8.add(v128.load(column), low));
	v128.store(column, i16x8.add(v128.load(column, 16), high), 16);
}
