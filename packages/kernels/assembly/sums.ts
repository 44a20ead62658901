/**
 * Add each point, times its weight, to the sum of its cluster.
 *
 * @param points f32 (count, dim).
 * @param labels u16 (count).
 * @param weights f64 (count).
 * @param sums f64 (clusters, dim). Added to.
 */
export function addToClusters(
	points: usize,
	count: usize,
	dim: usize,
	labels: usize,
	weights: usize,
	sums: usize,
): void {
	const rowBytes = dim << 2;
	const pairs = (dim & ~1) << 2;
	for (let row: usize = 0; row < count; row++) {
		const weight = load<f64>(weights + (row << 3));
		const factor = f64x2.splat(weight);
		const point = points + row * rowBytes;
		const sum = sums + ((<usize>load<u16>(labels + (row << 1)) * dim) << 3);
		for (let at: usize = 0; at < pairs; at += 8) {
			const values = f64x2.promote_low_f32x4(v128.load64_zero(point + at));
			const target = sum + (at << 1);
			v128.store(target, f64x2.add(v128.load(target), f64x2.mul(values, factor)));
		}
		if (pairs < rowBytes) {
			const target = sum + (pairs << 1);
			store<f64>(target, load<f64>(target) + <f64>load<f32>(point + pairs) * weight);
		}
	}
}
