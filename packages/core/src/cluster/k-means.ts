import type { Kernels } from "@dinoseg/kernels";
import { checkInteger, DinosegError, optionName } from "../errors/index.ts";
import { CLUSTERS, RESTARTS } from "../options/index.ts";
import type { Random } from "../rng.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { clusterMeans } from "./cluster-sums.ts";
import { columnVariances, leadingColumns } from "./leading-columns.ts";
import type { Clustering, LloydOptions, MeasuredClustering } from "./lloyd.ts";
import { better, descend, searchOnce } from "./search.ts";
import { positivePoints, type WeightedPoints, type Weights } from "./weights.ts";

/** Share of the variance in the columns in which starts are made. Measured: docs/adr/0004. */
const SEARCH_SHARE = 0.85;
/** Inertias that differ by less, relatively, are taken for those of one clustering. */
const SAME = 1e-6;

/** When a descent ends, and what it works on. */
export interface KMeansLimits {
	/** How much each point counts: 0 or more, finite, not all 0. Shape (N,). @default 1 each */
	readonly weights?: Weights | undefined;
	/** Limit of each of Lloyd's iterations, and of the passes of the exchange. @default 300 */
	readonly maxIterations?: number;
	/**
	 * The centroids have come to rest when the sum of their squared shifts is at most this times the mean variance of
	 * the columns. @default 1e-4
	 */
	readonly tolerance?: number;
}

export interface KMeansOptions extends KMeansLimits {
	/** Number of clusters wanted, 1 to 1024, at most one a point. */
	readonly clusters: number;
	/** Independent starts, 1 to 100; the best is kept. More starts never make it worse. */
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
 * k-means clustering: the best of several starts.
 *
 * A start is greedy k-means++, Lloyd's iteration and a few swapped centroids, in those columns that hold most of the
 * variance. The starts of lowest inertia there descend in all columns: Lloyd's iteration and Hartigan's exchange of
 * single points, until no point pays to move. The lowest inertia in all columns wins.
 *
 * Convention: a start descends in all columns if it is better than all starts before it in the leading ones.
 *
 * Source: seeding, stopping rule and choice among starts as scikit-learn `KMeans(init="k-means++", n_init=restarts,
 * algorithm="lloyd")`. It has neither exchange nor swap; with them the inertia depends far less on the seed. Searching
 * among the leading components: Xu et al. 2015, "PCA-guided search for K-means", doi:10.1016/j.patrec.2014.11.017.
 *
 * @param points shape (N, D). Not modified.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if clusters > the points that count, OPTION_INVALID for an option out of
 *   bounds, SHAPE_MISMATCH.
 */
export function kMeans(kernels: Kernels, points: Matrix, options: KMeansOptions): KMeansResult {
	const { clusters, restarts } = options;
	checkMatrix("kMeans", "points", points);
	checkInteger("kMeans", "clusters", clusters, CLUSTERS);
	checkInteger("kMeans", "restarts", restarts, RESTARTS);
	checkKMeansLimits("kMeans", options);
	const counting = positivePoints("kMeans", points, options.weights);
	const { rows } = counting.points;
	if (clusters > rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`kMeans: ${clusters} clusters were asked for, but the image has ${rows} tokens, so at most ` +
				`${rows} clusters are possible. Ask for fewer, or raise ${optionName("inputSize")} to get more tokens.`,
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
 * @throws DinosegError OPTION_INVALID for an option out of bounds, SHAPE_MISMATCH.
 */
export function kMeansFrom(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: KMeansLimits = {},
): KMeansResult {
	checkMatrix("kMeansFrom", "points", points);
	checkKMeansLimits("kMeansFrom", options);
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
	const variances = columnVariances(kernels, counting.points, counting.weights);
	const limits = limitsOf(counting, variances, options);
	return labelAll(kernels, points, counting, descend(kernels, counting.points, start, limits));
}

function checkKMeansLimits(where: string, options: KMeansLimits): void {
	const { maxIterations = 300, tolerance = 1e-4 } = options;
	checkInteger(where, "maxIterations", maxIterations, { min: 1, max: 2 ** 31 - 1 });
	if (!(tolerance >= 0)) {
		throw new DinosegError("OPTION_INVALID", `${where}: tolerance must be 0 or more, got ${tolerance}.`, {
			details: { option: "tolerance", value: tolerance },
		});
	}
}

/** @param variances weighted sums of squared differences to the mean of each column. */
function limitsOf({ points, weights }: WeightedPoints, variances: Float64Array, options: KMeansLimits): LloydOptions {
	const { maxIterations = 300, tolerance = 1e-4 } = options;
	const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
	const meanVariance = sum(variances) / (sum(weights) * points.cols);
	return { maxIterations, restShift: tolerance * meanVariance, weights };
}

/** The best clustering of the points that count. */
function bestOfStarts(kernels: Kernels, { points, weights }: WeightedPoints, options: KMeansOptions): Clustering {
	const { clusters, restarts, random, onProgress } = options;
	const variances = columnVariances(kernels, points, weights);
	const limits = limitsOf({ points, weights }, variances, options);
	let searched = leadingColumns(points, variances, SEARCH_SHARE, kernels.check);
	let leastSearched = Number.POSITIVE_INFINITY;
	let best: MeasuredClustering | undefined;
	for (let restart = 0; restart < restarts; restart++) {
		let found = searchOnce(kernels, searched, clusters, random, limits);
		if (found.clusters < clusters && searched !== points) {
			// Points that look the same in the leading columns may differ in the others.
			searched = points;
			leastSearched = Number.POSITIVE_INFINITY;
			found = searchOnce(kernels, searched, clusters, random, limits);
		}
		if (found.inertia < leastSearched * (1 - SAME)) {
			leastSearched = found.inertia;
			const start = clusterMeans(kernels, points, weights, found.labels, found.clusters);
			const descended = descend(kernels, points, start, limits);
			best = best === undefined ? descended : better(best, descended);
		}
		onProgress?.(restart + 1, restarts);
	}
	return best as MeasuredClustering;
}

/** The result for all points, where those of weight 0 took no part. */
function labelAll(kernels: Kernels, points: Matrix, counting: WeightedPoints, found: Clustering): KMeansResult {
	const { data, rows, cols } = points;
	const { centroids, clusters, inertia, iterations } = found;
	const isAll = counting.points === points;
	const labels = isAll ? found.labels : kernels.assignClusters(data, rows, cols, centroids, clusters).labels;
	return { labels, centroids, clusters, inertia, iterations };
}
