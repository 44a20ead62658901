/**
 * Tiles of matrix products. A panel holds 4 rows (or columns) of a matrix side by side: first their elements at inner
 * index 0, then those at 1, and so on. Every element of a result is summed in rising order of the inner index.
 */

/** out (4, 4) += left panel times right panel, float64. `stride`: bytes from one row of `out` to the next. */
function addTile(left: usize, right: usize, inner: i32, out: usize, stride: usize): void {
	const out1 = out + stride;
	const out2 = out1 + stride;
	const out3 = out2 + stride;
	let sum00 = v128.load(out);
	let sum01 = v128.load(out, 16);
	let sum10 = v128.load(out1);
	let sum11 = v128.load(out1, 16);
	let sum20 = v128.load(out2);
	let sum21 = v128.load(out2, 16);
	let sum30 = v128.load(out3);
	let sum31 = v128.load(out3, 16);
	const end = left + ((<usize>inner) << 5);
	while (left < end) {
		const b0 = v128.load(right);
		const b1 = v128.load(right, 16);
		const a0 = v128.load64_splat(left);
		sum00 = f64x2.add(sum00, f64x2.mul(a0, b0));
		sum01 = f64x2.add(sum01, f64x2.mul(a0, b1));
		const a1 = v128.load64_splat(left, 8);
		sum10 = f64x2.add(sum10, f64x2.mul(a1, b0));
		sum11 = f64x2.add(sum11, f64x2.mul(a1, b1));
		const a2 = v128.load64_splat(left, 16);
		sum20 = f64x2.add(sum20, f64x2.mul(a2, b0));
		sum21 = f64x2.add(sum21, f64x2.mul(a2, b1));
		const a3 = v128.load64_splat(left, 24);
		sum30 = f64x2.add(sum30, f64x2.mul(a3, b0));
		sum31 = f64x2.add(sum31, f64x2.mul(a3, b1));
		left += 32;
		right += 32;
	}
	v128.store(out, sum00);
	v128.store(out, sum01, 16);
	v128.store(out1, sum10);
	v128.store(out1, sum11, 16);
	v128.store(out2, sum20);
	v128.store(out2, sum21, 16);
	v128.store(out3, sum30);
	v128.store(out3, sum31, 16);
}

/** out (4, 4 * panels) += left panel times each of the right panels, which lie one after the other. */
export function addPanelProducts(left: usize, right: usize, panels: i32, inner: i32, out: usize, stride: usize): void {
	const size = (<usize>inner) << 5;
	for (let panel = 0; panel < panels; panel++) {
		addTile(left, right, inner, out, stride);
		right += size;
		out += 32;
	}
}
