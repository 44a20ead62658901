/** Bytes of one line: left score, slope and id, each in both lanes. */
export const LINE = 48;

/** The best of `count` clusters at each pixel of a tile, the lowest id on ties. `ids` rise. See `upsampleTile`. */
export function settleLabels(
	tokens: usize,
	tokenRight: usize,
	tokenBelow: usize,
	ids: usize,
	count: u32,
	fractionsX: usize,
	fractionsY: usize,
	width: u32,
	height: u32,
	labels: usize,
	stride: usize,
	lines: usize,
): void {
	const end = lines + count * LINE;
	for (let y: u32 = 0; y < height; y++) {
		const row = labels + ((y * stride) << 1);
		if (count === 1) {
			fillLabels(row, width, <u16>load<u32>(ids));
			continue;
		}
		prepareLines(tokens, tokenRight, tokenBelow, ids, count, load<f64>(fractionsY + (y << 3)), lines);
		for (let x: u32 = 0; x < width; x += 4) {
			const at0 = v128.load(fractionsX + (x << 3));
			const at1 = v128.load(fractionsX + (x << 3), 16);
			let best0 = f64x2.splat(-Infinity);
			let best1 = best0;
			let label0 = i64x2.splat(0);
			let label1 = label0;
			for (let line = lines; line < end; line += LINE) {
				const left = v128.load(line);
				const slope = v128.load(line, 16);
				const id = v128.load(line, 32);
				const score0 = f64x2.add(left, f64x2.mul(slope, at0));
				const score1 = f64x2.add(left, f64x2.mul(slope, at1));
				label0 = v128.bitselect(id, label0, f64x2.gt(score0, best0));
				label1 = v128.bitselect(id, label1, f64x2.gt(score1, best1));
				best0 = f64x2.pmax(best0, score0);
				best1 = f64x2.pmax(best1, score1);
			}
			const four = i8x16.shuffle(label0, label1, 0, 1, 8, 9, 16, 17, 24, 25, 0, 0, 0, 0, 0, 0, 0, 0);
			v128.store64_lane(row + (x << 1), four, 0);
		}
	}
}

/** The score of each cluster along one row of pixels, as a line over the distance to the left tokens. */
export function prepareLines(
	tokens: usize,
	tokenRight: usize,
	tokenBelow: usize,
	ids: usize,
	count: u32,
	fraction: f64,
	lines: usize,
): void {
	for (let i: u32 = 0; i < count; i++) {
		const id = load<u32>(ids + (i << 2));
		const token = tokens + (id << 2);
		const a: f64 = load<f32>(token);
		const b: f64 = load<f32>(token + tokenRight);
		const c: f64 = load<f32>(token + tokenBelow);
		const d: f64 = load<f32>(token + tokenBelow + tokenRight);
		const left = a + (c - a) * fraction;
		const right = b + (d - b) * fraction;
		const line = lines + i * LINE;
		v128.store(line, f64x2.splat(left));
		v128.store(line, f64x2.splat(right - left), 16);
		v128.store(line, i64x2.splat(id), 32);
	}
}

function fillLabels(row: usize, width: u32, id: u16): void {
	const eight = i16x8.splat(<i16>id);
	for (let x: u32 = 0; x < width; x += 8) {
		v128.store(row + (x << 1), eight);
	}
}
