import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { type Candidates, drawCandidates } from "./draw-candidates.ts";
import { exchangePoints } from "./exchange.ts";
import { initialCentroids } from "./k-means-plus-plus.ts";
import { beginDescent, endDescent, iterateLloyd, type LloydOptions, lloyd, type MeasuredClustering } from "./lloyd.ts";
import { unitWeights } from "./weights.ts";

/** Centroids that are swapped, one after the other. This and the next two are measured: docs/adr/0004. */
const SWAPS = 3;
/** Passes of Lloyd's iteration that show what a swap is worth. */
const TRIAL_ITERATIONS = 8;
/** Passes of the exchange at the end; after these it moves single points only. */
const EXCHANGES = 2;

/**
 * One start of k-means: greedy k-means++ and Lloyd's iteration; then a few times one centroid swapped for a drawn point,
 * kept where a short iteration finds a lower inertia; then a descent.
 *
 * Source: Fränti 2018, "Efficiency of random swap clustering", doi:10.1186/s40537-018-0122-y.
 */
export function searchOnce(
	kernels: Kernels,
	points: Matrix,
	clusters: number,
	random: Random,
	options: LloydOptions,
): MeasuredClustering {
	const weights = options.weights ?? unitWeights(points.rows);
	const trial = { ...options, maxIterations: Math.min(options.maxIterations, TRIAL_ITERATIONS) };
	const tryFrom = (start: Float64Array) => {
		const tried = lloyd(kernels, points, start, trial);
		// A short iteration can end while a cluster is empty; a full one fills it.
		return tried.centroids.length < start.length ? lloyd(kernels, points, start, options) : tried;
	};
	let best = tryFrom(initialCentroids(kernels, points, weights, clusters, random));
	for (let swap = 0; swap < SWAPS; swap++) {
		const swapped = swapCentroid(kernels, points, weights, best, random);
		if (swapped === undefined) {
			break;
		}
		best = better(best, tryFrom(swapped));
	}
	return better(best, descend(kernels, points, best.centroids, { ...options, exchanges: EXCHANGES }));
}

/** The one with more clusters, else with the lower inertia, else the first. */
export function better(first: MeasuredClustering, second: MeasuredClustering): MeasuredClustering {
	const lower = second.clusters === first.clusters ? second.inertia < first.inertia : second.clusters > first.clusters;
	return lower ? second : first;
}

interface DescentOptions extends LloydOptions {
	/** Limit of the passes of the exchange. @default maxIterations */
	readonly exchanges?: number;
}

/**
 * Lloyd's iteration from given centroids and a pass of Hartigan's exchange in turn, until no point pays to move.
 *
 * @param start shape (K, D). Not modified.
 * @param options `maxIterations` limits each of Lloyd's iterations.
 */
export function descend(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: DescentOptions,
): MeasuredClustering {
	const { exchanges = options.maxIterations } = options;
	const weights = options.weights ?? unitWeights(points.rows);
	const state = beginDescent(kernels, points, weights, start);
	iterateLloyd(state, options);
	for (let pass = 0; pass < exchanges && exchangePoints(kernels, points, weights, state); pass++) {
		state.iterations++;
		iterateLloyd(state, options);
	}
	return endDescent(state, weights);
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
function swapCentroid(
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
