import type { Kernels } from "@dinoseg/kernels";
import type { Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { descend } from "./descend.ts";
import { initialCentroids } from "./k-means-plus-plus.ts";
import { type LloydOptions, lloyd, type MeasuredClustering } from "./lloyd.ts";
import { swapCentroid } from "./swap.ts";
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
