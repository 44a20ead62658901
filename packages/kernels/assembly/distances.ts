/**
 * Squared Euclidean distances, f64 throughout: each is summed over the dimensions in their order, so two targets share
 * a vector and no sum is split.
 */

/**
 * Distances of all points to all targets.
 *
 * @param points f32 (count, dim).
 * @param targets f64 (ceil(targetCount / 2), dim, 2): pairs of targets interleaved; what stands beside the last of an odd
 *   number does not matter.
 * @param out f64 (count, targetCount).
 */
export function squaredDistances(
	points: usize,
	count: usize,
	dim: usize,
	targets: usize,
	targetCount: usize,
	out: usize,
): void {
	const pairBytes = dim << 4;
	const rowBytes = targetCount << 3;
	// Three that are left over are a quad whose last distance is not stored.
	const quads = (targetCount + 1) & ~3;
	let row: usize = 0;
	for (; row + 3 < count; row += 4) {
		const point = points + ((row * dim) << 2);
		const result = out + row * rowBytes;
		for (let target: usize = 0; target < quads; target += 4) {
			const isWhole = target + 4 <= targetCount;
			fourByFour(point, dim, targets + (target >> 1) * pairBytes, result + (target << 3), rowBytes, isWhole);
		}
		if (quads < targetCount) {
			const isWhole = quads + 2 <= targetCount;
			fourByTwo(point, dim, targets + (quads >> 1) * pairBytes, result + (quads << 3), rowBytes, isWhole);
		}
	}
	for (; row < count; row++) {
		const point = points + ((row * dim) << 2);
		const result = out + row * rowBytes;
		for (let target: usize = 0; target < targetCount; target += 2) {
			const isWhole = target + 2 <= targetCount;
			oneByTwo(point, dim, targets + (target >> 1) * pairBytes, result + (target << 3), isWhole);
		}
	}
}

/** 4 points by 4 targets: 8 sums stay in registers. `isWhole`: the last target is one. */
function fourByFour(points: usize, dim: usize, targets: usize, out: usize, rowBytes: usize, isWhole: bool): void {
	const stride = dim << 2;
	const pairBytes = dim << 4;
	let sum00 = f64x2.splat(0);
	let sum01 = f64x2.splat(0);
	let sum10 = f64x2.splat(0);
	let sum11 = f64x2.splat(0);
	let sum20 = f64x2.splat(0);
	let sum21 = f64x2.splat(0);
	let sum30 = f64x2.splat(0);
	let sum31 = f64x2.splat(0);
	const end = points + stride;
	for (let at = points, target = targets; at < end; at += 4, target += 16) {
		const pair0 = v128.load(target);
		const pair1 = v128.load(target + pairBytes);
		let value = splat(at);
		sum00 = f64x2.add(sum00, squaredDifference(value, pair0));
		sum01 = f64x2.add(sum01, squaredDifference(value, pair1));
		value = splat(at + stride);
		sum10 = f64x2.add(sum10, squaredDifference(value, pair0));
		sum11 = f64x2.add(sum11, squaredDifference(value, pair1));
		value = splat(at + stride * 2);
		sum20 = f64x2.add(sum20, squaredDifference(value, pair0));
		sum21 = f64x2.add(sum21, squaredDifference(value, pair1));
		value = splat(at + stride * 3);
		sum30 = f64x2.add(sum30, squaredDifference(value, pair0));
		sum31 = f64x2.add(sum31, squaredDifference(value, pair1));
	}
	v128.store(out, sum00);
	storePair(out + 16, sum01, isWhole);
	v128.store(out + rowBytes, sum10);
	storePair(out + rowBytes + 16, sum11, isWhole);
	v128.store(out + rowBytes * 2, sum20);
	storePair(out + rowBytes * 2 + 16, sum21, isWhole);
	v128.store(out + rowBytes * 3, sum30);
	storePair(out + rowBytes * 3 + 16, sum31, isWhole);
}

function fourByTwo(points: usize, dim: usize, targets: usize, out: usize, rowBytes: usize, isWhole: bool): void {
	const stride = dim << 2;
	let sum0 = f64x2.splat(0);
	let sum1 = f64x2.splat(0);
	let sum2 = f64x2.splat(0);
	let sum3 = f64x2.splat(0);
	const end = points + stride;
	for (let at = points, target = targets; at < end; at += 4, target += 16) {
		const pair = v128.load(target);
		sum0 = f64x2.add(sum0, squaredDifference(splat(at), pair));
		sum1 = f64x2.add(sum1, squaredDifference(splat(at + stride), pair));
		sum2 = f64x2.add(sum2, squaredDifference(splat(at + stride * 2), pair));
		sum3 = f64x2.add(sum3, squaredDifference(splat(at + stride * 3), pair));
	}
	storePair(out, sum0, isWhole);
	storePair(out + rowBytes, sum1, isWhole);
	storePair(out + rowBytes * 2, sum2, isWhole);
	storePair(out + rowBytes * 3, sum3, isWhole);
}

function oneByTwo(point: usize, dim: usize, targets: usize, out: usize, isWhole: bool): void {
	let sum = f64x2.splat(0);
	const end = point + (dim << 2);
	for (let at = point, target = targets; at < end; at += 4, target += 16) {
		sum = f64x2.add(sum, squaredDifference(splat(at), v128.load(target)));
	}
	storePair(out, sum, isWhole);
}

/** Store both lanes, or the first. */
function storePair(out: usize, pair: v128, isWhole: bool): void {
	if (isWhole) {
		v128.store(out, pair);
	} else {
		store<f64>(out, f64x2.extract_lane(pair, 0));
	}
}

/** The f32 at `at`, as f64, in both lanes. */
function splat(at: usize): v128 {
	return f64x2.promote_low_f32x4(v128.load32_splat(at));
}

function squaredDifference(value: v128, pair: v128): v128 {
	const difference = f64x2.sub(value, pair);
	return f64x2.mul(difference, difference);
}

/**
 * Least distance of each row, the first of equals, and the least of the others.
 *
 * @param distances f64 (count, targetCount).
 * @param labels u16 (count).
 * @param nearest f64 (count).
 * @param seconds f64 (count). Infinite where there is one target only.
 */
export function nearestTargets(
	distances: usize,
	count: usize,
	targetCount: usize,
	labels: usize,
	nearest: usize,
	seconds: usize,
): void {
	for (let row: usize = 0; row < count; row++) {
		const start = distances + ((row * targetCount) << 3);
		let least = load<f64>(start);
		let second: f64 = Infinity;
		let label: usize = 0;
		for (let target: usize = 1; target < targetCount; target++) {
			const distance = load<f64>(start + (target << 3));
			const isLess = distance < least;
			second = isLess ? least : distance < second ? distance : second;
			least = isLess ? distance : least;
			label = isLess ? target : label;
		}
		store<u16>(labels + (row << 1), <u16>label);
		store<f64>(nearest + (row << 3), least);
		store<f64>(seconds + (row << 3), second);
	}
}
