import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { drawCandidates, firstAbove, runningSum } from "./draw-candidates.ts";

/**
 * Starting centroids by greedy k-means++: each is a point drawn with probability proportional to its squared distance
 * to the nearest one so far, the best of 2 + floor(ln k) draws.
 *
 * Source: Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", with the greedy choice that
 * its conclusion proposes; scikit-learn `kmeans_plusplus`.
 *
 * @param weights how much each point counts. Shape (N,).
 * @returns shape (K, D) with K = `clusters`, or fewer: the number of distinct points.
 */
export function initialCentroids(
	kernels: Kernels,
	points: Matrix,
	weights: Float64Array,
	clusters: number,
	random: Random,
): Float64Array {
	const { data, rows, cols } = points;
	const centroids = new Float64Array(clusters * cols);
	const cumulative = runningSum(weights);
	const first = firstAbove(cumulative, random.next() * cumulative[rows - 1]);
	centroids.set(data.subarray(first * cols, (first + 1) * cols));
	const nearest = kernels.squaredDistances(data, rows, cols, centroids.subarray(0, cols), 1);
	for (let used = 1; used < clusters; used++) {
		const candidates = drawCandidates(kernels, points, nearest, weights, clusters, random);
		if (candidates === undefined) {
			return centroids.slice(0, used * cols);
		}
		const best = bestCandidate(nearest, weights, candidates.distances, candidates.count);
		centroids.set(candidates.points.subarray(best * cols, (best + 1) * cols), used * cols);
		for (let i = 0; i < rows; i++) {
			nearest[i] = Math.min(nearest[i], candidates.distances[i * candidates.count + best]);
		}
	}
	return centroids;
}

/** The candidate that leaves the smallest sum of squared distances; the first of equals. */
function bestCandidate(nearest: Float64Array, weights: Float64Array, distances: Float64Array, count: number): number {
	const sums = new Float64Array(count);
	for (let i = 0; i < nearest.length; i++) {
		for (let candidate = 0; candidate < count; candidate++) {
			sums[candidate] += Math.min(nearest[i], distances[i * count + candidate]) * weights[i];
		}
	}
	return sums.indexOf(sums.reduce((least, sum) => Math.min(least, sum)));
}
