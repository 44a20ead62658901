/** Makes the panels that `products.ts` multiplies. Strides are bytes from one row of the source to the next. */

/** 4 rows of a float64 matrix become a panel. */
export function packRows(source: usize, stride: usize, inner: i32, panel: usize): void {
	const source1 = source + stride;
	const source2 = source1 + stride;
	const source3 = source2 + stride;
	for (let i = 0; i < inner; i++) {
		const at = (<usize>i) << 3;
		store<f64>(panel, load<f64>(source + at));
		store<f64>(panel, load<f64>(source1 + at), 8);
		store<f64>(panel, load<f64>(source2 + at), 16);
		store<f64>(panel, load<f64>(source3 + at), 24);
		panel += 32;
	}
}

/**
 * The columns of a float64 matrix (inner, 4 * panels) become panels, one after the other. Two panels are a cache line of
 * a row: they are made together.
 */
export function packColumns(source: usize, stride: usize, inner: i32, panels: i32, packed: usize): void {
	const size = (<usize>inner) << 5;
	const end = packed + <usize>panels * size;
	while (packed < end) {
		const next = packed + size;
		const hasNext = next < end;
		let from = source;
		for (let at: usize = 0; at < size; at += 32) {
			v128.store(packed + at, v128.load(from));
			v128.store(packed + at, v128.load(from, 16), 16);
			if (hasNext) {
				v128.store(next + at, v128.load(from, 32));
				v128.store(next + at, v128.load(from, 48), 16);
			}
			from += stride;
		}
		source += 64;
		packed = next + size;
	}
}

/**
 * The columns of a float32 matrix (inner, 4 * panels), less the means of the columns, become float64 panels. Four panels
 * are a cache line of a row: they are made together.
 */
export function packCentredColumns(
	source: usize,
	stride: usize,
	means: usize,
	inner: i32,
	panels: i32,
	packed: usize,
): void {
	const size = (<usize>inner) << 5;
	let panel = 0;
	for (; panel + 4 <= panels; panel += 4) {
		let from = source;
		for (let at: usize = 0; at < size; at += 32) {
			const to = packed + at;
			centre(from, means, to);
			centre(from + 16, means + 32, to + size);
			centre(from + 32, means + 64, to + 2 * size);
			centre(from + 48, means + 96, to + 3 * size);
			from += stride;
		}
		source += 64;
		means += 128;
		packed += 4 * size;
	}
	for (; panel < panels; panel++) {
		let from = source;
		for (let at: usize = 0; at < size; at += 32) {
			centre(from, means, packed + at);
			from += stride;
		}
		source += 16;
		means += 32;
		packed += size;
	}
}

/** Four float32 numbers less their means, as float64. */
function centre(from: usize, means: usize, to: usize): void {
	const low = f64x2.promote_low_f32x4(v128.load64_zero(from));
	const high = f64x2.promote_low_f32x4(v128.load64_zero(from, 8));
	v128.store(to, f64x2.sub(low, v128.load(means)));
	v128.store(to, f64x2.sub(high, v128.load(means, 16)), 16);
}

/** 4 rows of a float32 matrix, less the means of the columns, become a float64 panel. */
export function packCentredRows(source: usize, stride: usize, means: usize, inner: i32, panel: usize): void {
	const source1 = source + stride;
	const source2 = source1 + stride;
	const source3 = source2 + stride;
	for (let i = 0; i < inner; i++) {
		const at = (<usize>i) << 2;
		const mean = load<f64>(means + (at << 1));
		store<f64>(panel, <f64>load<f32>(source + at) - mean);
		store<f64>(panel, <f64>load<f32>(source1 + at) - mean, 8);
		store<f64>(panel, <f64>load<f32>(source2 + at) - mean, 16);
		store<f64>(panel, <f64>load<f32>(source3 + at) - mean, 24);
		panel += 32;
	}
}

/** `count` float64 numbers, rounded to float32. */
export function narrow(source: usize, count: i32, target: usize): void {
	for (let i = 0; i < count; i++) {
		store<f32>(target + ((<usize>i) << 2), <f32>load<f64>(source + ((<usize>i) << 3)));
	}
}
