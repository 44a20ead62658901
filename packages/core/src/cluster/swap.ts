import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { type Candidates, drawCandidates } from "./draw-candidates.ts";
import type { MeasuredClustering } from "./lloyd.ts";

/**
 * Centroids with one of them replaced by a point: of some points drawn by their squared distances, and of all
 * centroids, the pair that leaves the smallest sum of squared distances. A place from which to descend again,
 * not always a better clustering.
 *
 * Source: Lattanzi and Sohler 2019, "A better k-means++ algorithm via local search", ICML, one step, here from a
 * finished clustering as in Fränti 2018, "Efficiency of random swap clustering", doi:10.1186/s40537-018-0122-y.
 *
 * @param weights how much each point counts. Shape (N,).
 * @param clustering a result of `lloyd`. Not modified.
 * @returns shape (clusters, D), or undefined when there is one cluster or every point lies on its centroid.
 */
export function swapCentroid(
	kernels: Kernels,
	points: Matrix,
	weights: Float64Array,
	clustering: MeasuredClustering,
	random: Random,
): Float64Array | undefined {
	const { clusters, labels, nearest } = clustering;
	if (clusters < 2) {
		return undefined;
	}
	const candidates = drawCandidates(kernels, points, nearest.distances, weights, clusters, random);
	if (candidates === undefined) {
		return undefined;
	}
	const costs = swapCosts(candidates, nearest, weights, labels, clusters);
	const best = costs.indexOf(costs.reduce((least, cost) => Math.min(least, cost)));
	const removed = best % clusters;
	const start = Math.floor(best / clusters) * points.cols;
	const centroids = clustering.centroids.slice();
	centroids.set(candidates.points.subarray(start, start + points.cols), removed * points.cols);
	return centroids;
}

/** Sum of squared distances after each candidate has replaced each centroid. Shape (candidates, clusters). */
function swapCosts(
	candidates: Candidates,
	nearest: MeasuredClustering["nearest"],
	weights: Float64Array,
	labels: Uint16Array,
	clusters: number,
): Float64Array {
	const { count, distances } = candidates;
	const costs = new Float64Array(count * clusters);
	const kept = new Float64Array(count);
	for (let i = 0; i < labels.length; i++) {
		for (let candidate = 0; candidate < count; candidate++) {
			const distance = distances[i * count + candidate];
			const withOwn = Math.min(nearest.distances[i], distance);
			kept[candidate] += withOwn * weights[i];
			costs[candidate * clusters + labels[i]] +=
				(Math.min(nearest.secondDistances[i], distance) - withOwn) * weights[i];
		}
	}
	return costs.map((loss, i) => loss + kept[Math.floor(i / clusters)]);
}
