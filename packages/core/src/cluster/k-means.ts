import type { Kernels } from "@dinoseg/kernels";
import { type AbortState, throwIfAborted } from "../abort.ts";
import { checkInteger, DinosegError } from "../errors/index.ts";
import { OPTION_BOUNDS } from "../options/index.ts";
import type { Random } from "../rng.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { exchangePoints } from "./exchange.ts";
import { initialCentroids } from "./k-means-plus-plus.ts";
import { type Clustering, type LloydOptions, lloyd } from "./lloyd.ts";
import { swapCentroid } from "./swap.ts";

export interface KMeansOptions {
	/** Number of clusters wanted, 1 to 1024, at most one a point. */
	readonly clusters: number;
	/** Independent starts, 1 to 100; the one of lowest inertia is kept, the first of equals. */
	readonly restarts: number;
	/** One generator for all starts, used in their order. */
	readonly random: Random;
	/** Limit of each iteration of a descent: Lloyd's, the exchange, Lloyd's again. @default 300 */
	readonly maxIterations?: number;
	/**
	 * The centroids have come to rest when the sum of their squared shifts is at most this times the mean variance of
	 * the columns. @default 1e-4
	 */
	readonly tolerance?: number;
	/** An `AbortSignal`, looked at between iterations. @default none */
	readonly signal?: AbortState | undefined;
}

export interface KMeansResult extends Clustering {
	/**
	 * Number of clusters, each with at least one point. Below `options.clusters` only if there are fewer distinct
	 * points, or if `maxIterations` ended every start while a cluster was empty.
	 */
	readonly clusters: number;
}

/**
 * k-means clustering: the best of several starts. A start is greedy k-means++ and a descent (Lloyd's iteration and
 * Hartigan's exchange of single points), then one centroid swapped for a drawn point and a second descent.
 *
 * Source: seeding, stopping rule and choice among starts as scikit-learn `KMeans(init="k-means++", n_init=restarts,
 * algorithm="lloyd")`. It has neither exchange nor swap; with them the inertia depends far less on the seed.
 *
 * @param points shape (N, D). Not modified.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if clusters > N, OPTION_INVALID for an option out of bounds,
 *   SHAPE_MISMATCH, ABORTED.
 */
export function kMeans(kernels: Kernels, points: Matrix, options: KMeansOptions): KMeansResult {
	const { clusters, restarts, random, maxIterations = 300, tolerance = 1e-4, signal } = options;
	checkMatrix("kMeans", "points", points);
	checkInteger("kMeans", "clusters", clusters, OPTION_BOUNDS.clusters);
	checkInteger("kMeans", "restarts", restarts, OPTION_BOUNDS.restarts);
	checkInteger("kMeans", "maxIterations", maxIterations, { min: 1, max: 2 ** 31 - 1 });
	if (!(tolerance >= 0)) {
		throw new DinosegError("OPTION_INVALID", `kMeans: tolerance must be 0 or more, got ${tolerance}.`, {
			details: { option: "tolerance", value: tolerance },
		});
	}
	if (clusters > points.rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`kMeans: ${clusters} clusters were asked for, but the image has ${points.rows} tokens, so at most ` +
				`${points.rows} clusters are possible. Ask for fewer, or raise --input-size to get more tokens.`,
			{ details: { clusters, tokens: points.rows } },
		);
	}
	const restShift = tolerance * meanVariance(kernels, points);
	const limits = { maxIterations, restShift, signal };
	let best: Clustering | undefined;
	for (let restart = 0; restart < restarts; restart++) {
		throwIfAborted(signal);
		const start = initialCentroids(kernels, points, clusters, random);
		let found = descend(kernels, points, start, limits);
		const swapped = swapCentroid(kernels, points, found, random);
		if (swapped !== undefined) {
			found = better(found, descend(kernels, points, swapped, limits));
		}
		best = best === undefined ? found : better(best, found);
	}
	return best as Clustering;
}

/** The one with more clusters, else with the lower inertia, else the first. */
function better(first: Clustering, second: Clustering): Clustering {
	const lower = second.clusters === first.clusters ? second.inertia < first.inertia : second.clusters > first.clusters;
	return lower ? second : first;
}

/** Lloyd's iteration, then Hartigan's exchange, and Lloyd's again if that moved anything. */
function descend(kernels: Kernels, points: Matrix, start: Float64Array, options: LloydOptions): Clustering {
	const found = lloyd(kernels, points, start, options);
	const exchange = exchangePoints(kernels, points, found, options);
	if (exchange.moves === 0) {
		return found;
	}
	const refined = lloyd(kernels, points, exchange.centroids, options);
	return { ...refined, iterations: found.iterations + exchange.passes + refined.iterations };
}

/** Mean over the columns of their variances, divided by N. */
function meanVariance(kernels: Kernels, points: Matrix): number {
	const { data, rows, cols } = points;
	const mean = kernels.columnMeans(data, rows, cols);
	const distances = kernels.squaredDistances(data, rows, cols, mean, 1);
	return distances.reduce((sum, distance) => sum + distance, 0) / (rows * cols);
}
