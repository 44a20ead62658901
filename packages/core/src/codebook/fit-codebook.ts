import type { Kernels } from "@dinoseg/kernels";
import { type ClusterChoice, kMeansFrom, tokenClusterings } from "../cluster/index.ts";
import { DinosegError } from "../errors/index.ts";
import type { Warning } from "../events.ts";
import { clusterRange } from "../options/index.ts";
import type { Matrix } from "../tensor/index.ts";
import type { Codebook, CodebookPart, CodebookSpace } from "./codebook.ts";
import { fitSpace, projectPoints } from "./codebook-space.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import { estimatedWeights, headOf } from "./weighted-sample.ts";

/** Share of the fit's points that are nearer to their centroid than the distance from which a point is unlike them. */
const LIKE_SHARE = 0.99;

/** Points of a large sample in which clusters are searched, at least; those of all points are found from there. */
const SEARCHED_POINTS = 8192;
const SEARCHED_POINTS_PER_CLUSTER = 16;

/** A codebook, and what is to be told of its making. */
export interface CodebookFit {
	readonly codebook: Codebook;
	/** How the number of clusters was chosen; none where it was given. */
	readonly choice?: ClusterChoice;
	/** PCA_COMPONENTS_LOWERED, FEWER_SEGMENTS. */
	readonly warnings: readonly Warning[];
}

/**
 * Find clusters that are common to all pictures of a summary: a PCA of all their points, then weighted k-means of the
 * sample, as the options say; of a large sample the first points are searched, and one descent over all follows.
 *
 * Convention: ids fall with the share of the points, of equal shares the lower cluster of k-means is first. The same
 * summary and options give the same bytes in every JavaScript engine, however the summary was put together.
 *
 * @param onProgress told after each start of k-means how many of all are done. Default: nobody.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS for more clusters than sampled points, OPTION_INVALID, SHAPE_MISMATCH
 */
export function fitCodebook(
	kernels: Kernels,
	part: CodebookPart,
	onProgress?: (done: number, total: number) => void,
): CodebookFit {
	const { options, summary } = part;
	const range = clusterRange(options.clusters);
	const { points: sampled } = summary.sample;
	if (range.min > sampled.rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`fitCodebook: ${range.min} clusters were asked for, but the ${summary.images} images give only ${sampled.rows} ` +
				"points. Ask for fewer, or give more images.",
			{ details: { clusters: range.min, tokens: sampled.rows } },
		);
	}
	const { space, warning } = fitSpace(kernels, summary.moments, options);
	const points = projectPoints(kernels, space, sampled);
	const weights = estimatedWeights(summary.sample);
	const head = headOf(summary.sample, Math.max(SEARCHED_POINTS, SEARCHED_POINTS_PER_CLUSTER * range.max));
	const searched = { ...points, data: points.data.subarray(0, head.points.rows * points.cols), rows: head.points.rows };
	const clusterings = tokenClusterings(kernels, searched, { ...options, weights: estimatedWeights(head), onProgress });
	const choice = typeof options.clusters === "number" ? undefined : clusterings.choose(range);
	const start = clusterings.at(choice?.clusters ?? range.min);
	const { centroids, clusters } =
		searched.rows === points.rows ? start : kMeansFrom(kernels, points, start.centroids, { weights });
	const few: Warning | undefined =
		clusters < range.min
			? {
					code: "FEWER_SEGMENTS",
					message: `${range.min} clusters were asked for, but the images have too few distinct tokens: they make ${clusters} cluster${clusters === 1 ? "" : "s"}.`,
				}
			: undefined;
	const ordered = orderByShare(kernels, points, weights, centroids, clusters);
	return {
		codebook: { ...part, ...measureClusters(kernels, space, sampled, weights, ordered), names: new Map() },
		...(choice ? { choice } : {}),
		warnings: [warning, few].filter((told) => told !== undefined),
	};
}

/** Centroids by falling weight of their points. */
function orderByShare(
	kernels: Kernels,
	{ data, rows, cols }: Matrix,
	weights: Float64Array,
	centroids: Float64Array,
	clusters: number,
): Float64Array {
	const { labels } = kernels.assignClusters(data, rows, cols, centroids, clusters);
	const masses = clusterMasses(labels, weights, clusters);
	const order = Array.from(masses.keys()).sort((a, b) => masses[b] - masses[a] || a - b);
	return Float64Array.from(order.flatMap((cluster) => [...centroids.subarray(cluster * cols, (cluster + 1) * cols)]));
}

/**
 * What is known of clusters once their centroids are: shares, and the distance from which a point is unlike.
 *
 * @param sampled points as tokens. Shape (N, dim).
 * @param weights shape (N,).
 */
export function measureClusters(
	kernels: Kernels,
	space: CodebookSpace,
	sampled: Matrix,
	weights: Float64Array,
	centroids: Float64Array,
): CodebookSpace & Pick<Codebook, "clusters" | "centroids" | "shares" | "unlikeDistance"> {
	const clusters = centroids.length / space.divisors.length;
	const { labels, unlikeness } = nearestCentroids(kernels, space, centroids, sampled);
	const masses = clusterMasses(labels, weights, clusters);
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	return {
		...space,
		clusters,
		centroids,
		shares: masses.map((mass) => mass / total),
		unlikeDistance: weightedQuantile(unlikeness, weights, LIKE_SHARE),
	};
}

function clusterMasses(labels: Uint16Array, weights: Float64Array, clusters: number): Float64Array {
	const masses = new Float64Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		masses[labels[i]] += weights[i];
	}
	return masses;
}

/** The least of the values that at least a share of the weight is not above. */
function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
	const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
	const wanted = share * weights.reduce((sum, weight) => sum + weight, 0);
	let sum = 0;
	for (const at of order) {
		sum += weights[at];
		if (sum >= wanted) {
			return values[at];
		}
	}
	return values[order[order.length - 1]];
}
