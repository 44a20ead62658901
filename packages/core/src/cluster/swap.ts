import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { distanceBlocks } from "./distance-blocks.ts";
import { type Candidates, drawCandidates } from "./draw-candidates.ts";
import type { Clustering } from "./lloyd.ts";

/** How far each point is from its own centroid and from the next best. */
interface TwoNearest {
	/** Shape (N,), as the next. */
	readonly first: Float64Array;
	readonly second: Float64Array;
}

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
	clustering: Clustering,
	random: Random,
): Float64Array | undefined {
	const { clusters, labels } = clustering;
	if (clusters < 2) {
		return undefined;
	}
	const nearest = twoNearest(kernels, points, clustering);
	const candidates = drawCandidates(kernels, points, nearest.first, weights, clusters, random);
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

function twoNearest(kernels: Kernels, points: Matrix, clustering: Clustering): TwoNearest {
	const { centroids, clusters, labels } = clustering;
	const first = new Float64Array(points.rows);
	const second = new Float64Array(points.rows).fill(Number.POSITIVE_INFINITY);
	for (const block of distanceBlocks(kernels, points, centroids, clusters)) {
		for (let row = 0; row < block.rows; row++) {
			const i = block.first + row;
			for (let k = 0; k < clusters; k++) {
				const distance = block.distances[row * clusters + k];
				if (k === labels[i]) {
					first[i] = distance;
				} else {
					second[i] = Math.min(second[i], distance);
				}
			}
		}
	}
	return { first, second };
}

/** Sum of squared distances after each candidate has replaced each centroid. Shape (candidates, clusters). */
function swapCosts(
	candidates: Candidates,
	nearest: TwoNearest,
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
			const withOwn = Math.min(nearest.first[i], distance);
			kept[candidate] += withOwn * weights[i];
			costs[candidate * clusters + labels[i]] += (Math.min(nearest.second[i], distance) - withOwn) * weights[i];
		}
	}
	return costs.map((loss, i) => loss + kept[Math.floor(i / clusters)]);
}
