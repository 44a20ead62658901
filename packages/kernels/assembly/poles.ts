/** Sums over the poles of a secular equation: see `PoleSums` in `src/eigen/primitives.ts`. */

/** shifted[i] = poles[i] - poles[origin]. */
export function shiftPoles(poles: usize, count: i32, origin: i32, shifted: usize): void {
	const from = load<f64>(poles + ((<usize>origin) << 3));
	for (let i = 0; i < count; i++) {
		const at = (<usize>i) << 3;
		store<f64>(shifted + at, load<f64>(poles + at) - from);
	}
}

/** Sums of s / (d - x) and s / (d - x)^2 over `count` poles, into out[0] and out[1]. */
export function sumPoles(shifted: usize, numerators: usize, count: i32, x: f64, out: usize): void {
	const places = f64x2.splat(x);
	const one = f64x2.splat(1);
	let sums = f64x2.splat(0);
	let slopes = f64x2.splat(0);
	const paired = (<usize>count >> 1) << 4;
	for (let at: usize = 0; at < paired; at += 16) {
		const reciprocals = f64x2.div(one, f64x2.sub(v128.load(shifted + at), places));
		const terms = f64x2.mul(v128.load(numerators + at), reciprocals);
		sums = f64x2.add(sums, terms);
		slopes = f64x2.add(slopes, f64x2.mul(terms, reciprocals));
	}
	let sum0 = f64x2.extract_lane(sums, 0);
	let slope0 = f64x2.extract_lane(slopes, 0);
	if (count & 1) {
		const reciprocal = 1 / (load<f64>(shifted + paired) - x);
		const term = load<f64>(numerators + paired) * reciprocal;
		sum0 += term;
		slope0 += term * reciprocal;
	}
	store<f64>(out, sum0 + f64x2.extract_lane(sums, 1));
	store<f64>(out, slope0 + f64x2.extract_lane(slopes, 1), 8);
}

/** products[i] *= (shifted[i] - x) / (poles[i] - poles[root]), without the division where i is `root`. */
export function multiplyDistances(poles: usize, shifted: usize, count: i32, root: i32, x: f64, products: usize): void {
	const special = (<usize>root) << 3;
	const pole = load<f64>(poles + special);
	const own = load<f64>(products + special) * (load<f64>(shifted + special) - x);
	const places = f64x2.splat(x);
	const poleTwice = f64x2.splat(pole);
	const end = (<usize>count) << 3;
	let at: usize = 0;
	for (; at + 8 < end; at += 16) {
		const distances = f64x2.sub(v128.load(shifted + at), places);
		const ratios = f64x2.div(distances, f64x2.sub(v128.load(poles + at), poleTwice));
		v128.store(products + at, f64x2.mul(v128.load(products + at), ratios));
	}
	if (at < end) {
		const ratio = (load<f64>(shifted + at) - x) / (load<f64>(poles + at) - pole);
		store<f64>(products + at, load<f64>(products + at) * ratio);
	}
	store<f64>(products + special, own);
}
