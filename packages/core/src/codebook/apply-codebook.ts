import type { Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../errors/index.ts";
import { averageFrames } from "../points/average-frames.ts";
import { clusterScores } from "../refine/index.ts";
import type { Matrix, TokenGrid } from "../tensor/index.ts";
import { type CodebookClusters, tokenLength } from "./codebook.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import { picturePoints } from "./picture-points.ts";

/** Share of unlike patches above which a picture shows what the codebook does not know. Measured on street scenes. */
export const UNLIKE_SHARE = 0.25;

/** A picture in the clusters of a codebook. */
export interface AppliedCodebook {
	/** In the space of the codebook. Shape (rows * cols, D). */
	readonly points: Matrix;
	/** Score of each cluster at each patch, higher is better: what `upsampleLabels` takes. Shape (rows * cols, clusters). */
	readonly scores: Float32Array;
	/** Cluster of each patch, an id of the codebook. Shape (rows * cols,). */
	readonly labels: Uint16Array;
	/** Sum of the squared distances of the patches to their centroids. */
	readonly inertia: number;
	/**
	 * Share of the patches, 0 to 1, that are farther from their centroid than 99 % of the regions that the codebook was
	 * fitted to. Patches vary more than regions: some 0.05 to 0.1 is usual, above `UNLIKE_SHARE` the picture is of another
	 * kind.
	 */
	readonly unlike: number;
}

/**
 * Give each patch of a picture the nearest cluster of a codebook.
 *
 * @param grid   tokens of the codebook's network, made with its options, after repair and debias. Not modified.
 * @param tokens rows of the tokens that `unlike` is about. Default: all.
 * @param beside grids of the frames before and after it, in whatever order: see `averageFrames`. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function applyCodebook(
	kernels: Kernels,
	codebook: CodebookClusters,
	grid: TokenGrid,
	tokens?: Uint32Array,
	beside: readonly TokenGrid[] = [],
): AppliedCodebook {
	const { centroids, options, unlikeDistance } = codebook;
	const dim = tokenLength(codebook);
	if (grid.dim !== dim) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`applyCodebook: tokens (rows, cols, dim) must have ${dim} values, as those of the codebook, got ${grid.dim}. ` +
				"Use the same network, facet and layers.",
			{ details: { expected: dim, actual: grid.dim } },
		);
	}
	const others = beside.map((other) => picturePoints(kernels, other, options));
	const own = averageFrames(picturePoints(kernels, grid, options), grid.rows, grid.cols, others, kernels.check);
	const found = nearestCentroids(kernels, codebook, centroids, own);
	const { points, labels, distances, unlikeness } = found;
	const looked = tokens ?? labels.keys();
	let unlike = 0;
	let count = 0;
	for (const token of looked) {
		unlike += unlikeness[token] > unlikeDistance ? 1 : 0;
		count++;
	}
	return {
		points,
		scores: clusterScores(kernels, points, centroids),
		labels,
		inertia: distances.reduce((sum, distance) => sum + distance, 0),
		unlike: count === 0 ? 0 : unlike / count,
	};
}
