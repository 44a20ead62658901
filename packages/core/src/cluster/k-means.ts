import type { Kernels } from "@dinoseg/kernels";
import { type AbortState, throwIfAborted } from "../abort.ts";
import { checkInteger, DinosegError } from "../errors/index.ts";
import { OPTION_BOUNDS } from "../options/index.ts";
import type { Random } from "../rng.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { clusterMeans } from "./cluster-sums.ts";
import { descend } from "./descend.ts";
import { initialCentroids } from "./k-means-plus-plus.ts";
import { columnVariances, leadingColumns } from "./leading-columns.ts";
import type { Clustering, LloydOptions, MeasuredClustering } from "./lloyd.ts";
import { swapCentroid } from "./swap.ts";
import { positivePoints, type WeightedPoints, type Weights } from "./weights.ts";

/** Share of the variance in the columns in which starts are made. Measured: docs/adr/0004. */
const SEARCH_SHARE = 0.85;
/** Inertias that differ by less, relatively, are taken for those of one clustering. */
const SAME = 1e-6;

/** When a descent ends, and what it works on. */
export interface DescentOptions {
	/** How much each point counts: 0 or more, finite, not all 0. Shape (N,). @default 1 each */
	readonly weights?: Weights | undefined;
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

export interface KMeansOptions extends DescentOptions {
	/** Number of clusters wanted, 1 to 1024, at most one a point. */
	readonly clusters: number;
	/** Independent starts, 1 to 100; the one of lowest inertia is kept, the first of equals. */
	readonly restarts: number;
	/** One generator for all starts, used in their order. */
	readonly random: Random;
	/** Told after each start how many of all are done. @default none */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface KMeansResult extends Clustering {
	/**
	 * Number of clusters, each with at least one point of a weight above 0. Below `options.clusters` only if there are
	 * fewer distinct points, or if `maxIterations` ended every start while a cluster was empty.
	 */
	readonly clusters: number;
}

/**
 * k-means clustering: the best of several starts. A start is greedy k-means++ and a descent (Lloyd's iteration and
 * Hartigan's exchange of single points), then one centroid swapped for a drawn point and a second descent.
 *
 * Convention: starts are made in the columns that hold most of the variance; then each distinct result descends once
 * more in all columns, and the inertia there decides.
 *
 * Source: seeding, stopping rule and choice among starts as scikit-learn `KMeans(init="k-means++", n_init=restarts,
 * algorithm="lloyd")`. It has neither exchange nor swap; with them the inertia depends far less on the seed. Searching
 * among the leading components: Xu et al. 2015, "PCA-guided search for K-means", doi:10.1016/j.patrec.2014.11.017.
 *
 * @param points shape (N, D). Not modified.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if clusters > the points that count, OPTION_INVALID for an option out of
 *   bounds, SHAPE_MISMATCH, ABORTED.
 */
export function kMeans(kernels: Kernels, points: Matrix, options: KMeansOptions): KMeansResult {
	const { clusters, restarts } = options;
	checkMatrix("kMeans", "points", points);
	checkInteger("kMeans", "clusters", clusters, OPTION_BOUNDS.clusters);
	checkInteger("kMeans", "restarts", restarts, OPTION_BOUNDS.restarts);
	checkDescentOptions("kMeans", options);
	const counting = positivePoints("kMeans", points, options.weights);
	const { rows } = counting.points;
	if (clusters > rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`kMeans: ${clusters} clusters were asked for, but the image has ${rows} tokens, so at most ` +
				`${rows} clusters are possible. Ask for fewer, or raise --input-size to get more tokens.`,
			{ details: { clusters, tokens: rows } },
		);
	}
	return labelAll(kernels, points, counting, bestOfStarts(kernels, counting, options));
}

/**
 * k-means from given centroids: one descent and nothing random, for points that hardly differ from those that the
 * centroids were found for.
 *
 * @param points shape (N, D). Not modified.
 * @param start centroids. Shape (K, D), 1 <= K <= the points that count. Not modified.
 * @returns K clusters, or fewer if there are fewer distinct points.
 * @throws DinosegError OPTION_INVALID for an option out of bounds, SHAPE_MISMATCH, ABORTED.
 */
export function kMeansFrom(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: DescentOptions = {},
): KMeansResult {
	checkMatrix("kMeansFrom", "points", points);
	checkDescentOptions("kMeansFrom", options);
	const counting = positivePoints("kMeansFrom", points, options.weights);
	const clusters = start.length / points.cols;
	if (!Number.isInteger(clusters) || clusters < 1 || clusters > counting.points.rows) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`kMeansFrom: start (K, D) must hold 1 to ${counting.points.rows} centroids of ${points.cols} values, got ` +
				`${start.length} values.`,
			{ details: { actual: start.length, cols: points.cols } },
		);
	}
	return labelAll(kernels, points, counting, descend(kernels, counting.points, start, limitsOf(counting, options)));
}

function checkDescentOptions(where: string, options: DescentOptions): void {
	const { maxIterations = 300, tolerance = 1e-4 } = options;
	checkInteger(where, "maxIterations", maxIterations, { min: 1, max: 2 ** 31 - 1 });
	if (!(tolerance >= 0)) {
		throw new DinosegError("OPTION_INVALID", `${where}: tolerance must be 0 or more, got ${tolerance}.`, {
			details: { option: "tolerance", value: tolerance },
		});
	}
}

function limitsOf({ points, weights }: WeightedPoints, options: DescentOptions): LloydOptions {
	const { maxIterations = 300, tolerance = 1e-4, signal } = options;
	const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
	const meanVariance = sum(columnVariances(points, weights)) / (sum(weights) * points.cols);
	return { maxIterations, restShift: tolerance * meanVariance, weights, signal };
}

/** The best clustering of the points that count. */
function bestOfStarts(kernels: Kernels, { points, weights }: WeightedPoints, options: KMeansOptions): Clustering {
	const limits = limitsOf({ points, weights }, options);
	let searched = leadingColumns(points, weights, SEARCH_SHARE);
	let leastSearched = Number.POSITIVE_INFINITY;
	let best: MeasuredClustering | undefined;
	for (let restart = 0; restart < options.restarts; restart++) {
		throwIfAborted(options.signal);
		let found = oneStart(kernels, searched, limits, options);
		if (found.clusters < options.clusters && searched !== points) {
			// Points that look the same in the leading columns may differ in the others.
			searched = points;
			leastSearched = Number.POSITIVE_INFINITY;
			found = oneStart(kernels, searched, limits, options);
		}
		if (found.inertia < leastSearched * (1 - SAME)) {
			leastSearched = found.inertia;
			const refined = searched === points ? found : inAllColumns(kernels, points, found, limits);
			best = best === undefined ? refined : better(best, refined);
		}
		options.onProgress?.(restart + 1, options.restarts);
	}
	return best as MeasuredClustering;
}

function oneStart(kernels: Kernels, points: Matrix, limits: LloydOptions, options: KMeansOptions): MeasuredClustering {
	const weights = limits.weights as Float64Array;
	const start = initialCentroids(kernels, points, weights, options.clusters, options.random);
	const found = descend(kernels, points, start, limits);
	const swapped = swapCentroid(kernels, points, weights, found, options.random);
	return swapped === undefined ? found : better(found, descend(kernels, points, swapped, limits));
}

/** Descend once more, from the means of the clusters that were found in some columns. */
function inAllColumns(kernels: Kernels, points: Matrix, found: Clustering, limits: LloydOptions): MeasuredClustering {
	const start = clusterMeans(kernels, points, limits.weights as Float64Array, found.labels, found.clusters);
	return descend(kernels, points, start, limits);
}

/** The one with more clusters, else with the lower inertia, else the first. */
function better(first: MeasuredClustering, second: MeasuredClustering): MeasuredClustering {
	const lower = second.clusters === first.clusters ? second.inertia < first.inertia : second.clusters > first.clusters;
	return lower ? second : first;
}

/** The result for all points, where those of weight 0 took no part. */
function labelAll(kernels: Kernels, points: Matrix, counting: WeightedPoints, found: Clustering): KMeansResult {
	const { data, rows, cols } = points;
	const { centroids, clusters, inertia, iterations } = found;
	const isAll = counting.points === points;
	const labels = isAll ? found.labels : kernels.assignClusters(data, rows, cols, centroids, clusters).labels;
	return { labels, centroids, clusters, inertia, iterations };
}
