import type { Kernels } from "@dinoseg/kernels";
import {
	borderLengths,
	buildMergeTree,
	cutMergeTree,
	type KMeansResult,
	kMeans,
	type MergeTree,
} from "../cluster/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix, TokenGrid } from "../tensor/index.ts";

/** The clusters that k-means made of the tokens, and how they merge. */
export interface TokenClusters {
	/** What k-means found: the leaves of the tree. */
	readonly leaves: KMeansResult;
	/** Tokens of each leaf. Shape (leaves,). */
	readonly sizes: Float64Array;
	readonly tree: MergeTree;
}

/** Tokens in so many segments. */
export interface TokenSegments {
	readonly count: number;
	/** Segment of each leaf. Shape (leaves,). */
	readonly ofLeaves: Uint16Array;
	/** Segment of each token. Shape (rows, cols). */
	readonly labels: Uint16Array;
	/** Mean of each segment's tokens. Shape (count, components). */
	readonly centroids: Float64Array;
	/** Sum of squared distances of the tokens to the mean of their segment. */
	readonly inertia: number;
}

export interface ClusterTokensOptions extends Pick<SegmentationOptions, "restarts" | "seed"> {
	/** Clusters that k-means makes, at most one a token. */
	readonly leaves: number;
	/** Told after each start of k-means how many of all are done. */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Cluster the tokens of a picture, and build the tree along which the clusters merge: alike ones that lie around each
 * other first.
 *
 * @param points shape (rows * cols, components).
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS, SHAPE_MISMATCH
 */
export function clusterTokens(
	kernels: Kernels,
	points: Matrix,
	{ rows, cols }: Pick<TokenGrid, "rows" | "cols">,
	{ leaves: clusters, restarts, seed, onProgress }: ClusterTokensOptions,
): TokenClusters {
	const leaves = kMeans(kernels, points, { clusters, restarts, random: createRandom(seed), onProgress });
	const sizes = new Float64Array(leaves.clusters);
	for (const label of leaves.labels) {
		sizes[label]++;
	}
	const borders = borderLengths(leaves.labels, rows, cols, leaves.clusters);
	return {
		leaves,
		sizes,
		tree: buildMergeTree({ centroids: leaves.centroids, masses: sizes, borders, check: kernels.check }),
	};
}

/**
 * The segments at one cut of the tree. Segments of two cuts are nested.
 *
 * @param count 1 to the number of leaves.
 * @throws DinosegError OPTION_INVALID
 */
export function cutTokenClusters({ leaves, sizes, tree }: TokenClusters, count: number): TokenSegments {
	const ofLeaves = cutMergeTree(tree, count);
	const cols = leaves.centroids.length / leaves.clusters;
	const masses = new Float64Array(count);
	const centroids = new Float64Array(count * cols);
	for (let leaf = 0; leaf < leaves.clusters; leaf++) {
		masses[ofLeaves[leaf]] += sizes[leaf];
	}
	for (let leaf = 0; leaf < leaves.clusters; leaf++) {
		const segment = ofLeaves[leaf];
		for (let d = 0; d < cols; d++) {
			centroids[segment * cols + d] += (leaves.centroids[leaf * cols + d] * sizes[leaf]) / masses[segment];
		}
	}
	let { inertia } = leaves;
	for (const { cost } of tree.merges.slice(0, leaves.clusters - count)) {
		inertia += cost;
	}
	return { count, ofLeaves, labels: leaves.labels.map((leaf) => ofLeaves[leaf]), centroids, inertia };
}

/**
 * The score of a segment at a token is that of its best leaf, so that maps of two cuts are nested.
 *
 * @param scores   shape (N, leaves).
 * @param ofLeaves segment of each leaf.
 * @returns shape (N, segments).
 */
export function bestLeafScores(scores: Float32Array, ofLeaves: ArrayLike<number>, segments: number): Float32Array {
	const leaves = ofLeaves.length;
	const best = new Float32Array((scores.length / leaves) * segments).fill(Number.NEGATIVE_INFINITY);
	for (let from = 0, to = 0; from < scores.length; from += leaves, to += segments) {
		for (let leaf = 0; leaf < leaves; leaf++) {
			const at = to + ofLeaves[leaf];
			best[at] = Math.max(best[at], scores[from + leaf]);
		}
	}
	return best;
}
