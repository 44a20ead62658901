import type { Assignment, Check } from "../kernels.ts";

/** Terms of distances between two checks. */
const STEP_TERMS = 2 ** 20;

/** Nearest of the `centroids` (K, D) for every row of `points` (N, D); the lowest index wins a tie. */
export function assignClusters(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	centroids: Float64Array,
	clusters: number,
): Assignment {
	const labels = new Uint16Array(count);
	const distances = new Float64Array(count);
	const secondDistances = new Float64Array(count);
	const point = new Float64Array(dim);
	const row = new Float64Array(clusters);
	const step = pointsOfStep(dim, clusters);
	for (let i = 0; i < count; i++) {
		if (i % step === 0) {
			check();
		}
		widen(points, i * dim, point);
		distancesOfPoint(point, dim, centroids, clusters, row, 0);
		let nearest = 0;
		let second = Number.POSITIVE_INFINITY;
		for (let k = 1; k < clusters; k++) {
			if (row[k] < row[nearest]) {
				second = row[nearest];
				nearest = k;
			} else if (row[k] < second) {
				second = row[k];
			}
		}
		labels[i] = nearest;
		distances[i] = row[nearest];
		secondDistances[i] = second;
	}
	return { labels, distances, secondDistances };
}

/** Squared Euclidean distances of every row of `points` (N, D) to the rows of `targets` (M, D). Shape (N, M). */
export function squaredDistances(
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	targets: Float64Array,
	targetCount: number,
): Float64Array {
	const distances = new Float64Array(count * targetCount);
	const point = new Float64Array(dim);
	const step = pointsOfStep(dim, targetCount);
	for (let i = 0; i < count; i++) {
		if (i % step === 0) {
			check();
		}
		widen(points, i * dim, point);
		distancesOfPoint(point, dim, targets, targetCount, distances, i * targetCount);
	}
	return distances;
}

/** Points between two checks: a few milliseconds of work. */
function pointsOfStep(dim: number, targetCount: number): number {
	return Math.ceil(STEP_TERMS / (dim * targetCount));
}

function widen(points: Float32Array, start: number, point: Float64Array): void {
	for (let d = 0; d < point.length; d++) {
		point[d] = points[start + d];
	}
}

/**
 * Squared distances of one point to all targets, from differences and summed over the dimensions in their order:
 * equal points are at distance 0 exactly, and equal targets tie exactly.
 *
 * Four targets at a time keep four sums in flight; the last one stands in for those missing in the last four.
 */
function distancesOfPoint(
	point: Float64Array,
	dim: number,
	targets: Float64Array,
	targetCount: number,
	out: Float64Array,
	start: number,
): void {
	const last = targetCount - 1;
	for (let target = 0; target <= last; target += 4) {
		const target1 = Math.min(target + 1, last);
		const target2 = Math.min(target + 2, last);
		const target3 = Math.min(target + 3, last);
		const row0 = target * dim;
		const row1 = target1 * dim;
		const row2 = target2 * dim;
		const row3 = target3 * dim;
		let sum0 = 0;
		let sum1 = 0;
		let sum2 = 0;
		let sum3 = 0;
		for (let d = 0; d < dim; d++) {
			const x = point[d];
			const difference0 = x - targets[row0 + d];
			const difference1 = x - targets[row1 + d];
			const difference2 = x - targets[row2 + d];
			const difference3 = x - targets[row3 + d];
			sum0 += difference0 * difference0;
			sum1 += difference1 * difference1;
			sum2 += difference2 * difference2;
			sum3 += difference3 * difference3;
		}
		out[start + target] = sum0;
		out[start + target1] = sum1;
		out[start + target2] = sum2;
		out[start + target3] = sum3;
	}
}
