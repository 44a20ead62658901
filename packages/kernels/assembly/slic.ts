/** Numbers of a centre: lightness, a, b, x, y. */
const NUMBERS: usize = 5;

/** Set so many f32 distances to infinity. */
export function resetDistances(distances: usize, count: usize): void {
	const end = distances + (count << 2);
	const infinite = f32x4.splat(Infinity);
	let at = distances;
	for (; at + 16 <= end; at += 16) {
		v128.store(at, infinite);
	}
	for (; at < end; at += 4) {
		store<f32>(at, Infinity);
	}
}

/**
 * Give pixels to centres that are nearer than what they have.
 *
 * @param lightness, a, b f32 (height, width).
 * @param centres f64 (count, 5): lightness, a, b, x, y.
 * @param first, end the centres that compete.
 * @param reach how far a centre looks along each axis, pixels.
 * @param distances f32 (height, width).
 * @param nearest u16 (height, width).
 */
export function assignPixels(
	lightness: usize,
	a: usize,
	b: usize,
	width: i32,
	height: i32,
	centres: usize,
	first: i32,
	end: i32,
	reach: f64,
	placeWeight: f64,
	distances: usize,
	nearest: usize,
): void {
	const weight = f64x2.splat(placeWeight);
	for (let centre = first; centre < end; centre++) {
		const at = centres + ((<usize>centre * NUMBERS) << 3);
		const centreLightness = f64x2.splat(load<f64>(at));
		const centreA = f64x2.splat(load<f64>(at + 8));
		const centreB = f64x2.splat(load<f64>(at + 16));
		const centreX = load<f64>(at + 24);
		const centreY = load<f64>(at + 32);
		const left = max<i32>(0, <i32>Math.ceil(centreX - reach));
		const right = min<i32>(width - 1, <i32>Math.floor(centreX + reach));
		const bottom = min<i32>(height - 1, <i32>Math.floor(centreY + reach));
		for (let y = max<i32>(0, <i32>Math.ceil(centreY - reach)); y <= bottom; y++) {
			const fromMiddle = <f64>y - centreY;
			const down = f64x2.splat(fromMiddle * fromMiddle * placeWeight);
			let across = f64x2.replace_lane(f64x2.splat(<f64>left - centreX), 1, <f64>(left + 1) - centreX);
			for (let x = left; x <= right; x += 2) {
				const pixel = <usize>y * <usize>width + <usize>x;
				const place = pixel << 2;
				const byLightness = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(lightness + place)), centreLightness);
				const byA = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(a + place)), centreA);
				const byB = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(b + place)), centreB);
				let sum = f64x2.add(f64x2.mul(byLightness, byLightness), f64x2.mul(byA, byA));
				sum = f64x2.add(sum, f64x2.mul(byB, byB));
				sum = f64x2.add(sum, f64x2.mul(f64x2.mul(across, across), weight));
				const distance = f32x4.demote_f64x2_zero(f64x2.add(sum, down));
				const known = v128.load64_zero(distances + place);
				const nearer = f32x4.lt(distance, known);
				if (i32x4.extract_lane(nearer, 0) !== 0) {
					store<f32>(distances + place, f32x4.extract_lane(distance, 0));
					store<u16>(nearest + (pixel << 1), <u16>centre);
				}
				if (x < right && i32x4.extract_lane(nearer, 1) !== 0) {
					store<f32>(distances + place + 4, f32x4.extract_lane(distance, 1));
					store<u16>(nearest + (pixel << 1) + 2, <u16>centre);
				}
				// Exact for whole steps only if computed anew: x - centreX is one rounding, a sum of steps would be many.
				across = f64x2.replace_lane(f64x2.splat(<f64>(x + 2) - centreX), 1, <f64>(x + 3) - centreX);
			}
		}
	}
}
