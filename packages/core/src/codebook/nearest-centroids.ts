import { checkedRows, type Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import type { CodebookSpace } from "./codebook.ts";
import { projectPoints } from "./codebook-space.ts";

/** Points beside the centroids of a codebook. */
export interface NearestCentroids {
	/** In the space of the codebook. Shape (N, D). */
	readonly points: Matrix;
	/** Nearest centroid of each, the lowest on ties. Shape (N,). */
	readonly labels: Uint16Array;
	/** Squared distance to it. Shape (N,). */
	readonly distances: Float64Array;
	/**
	 * Squared distance to it as tokens, what PCA leaves out included: there lies most of what other kinds of pictures show.
	 * Shape (N,).
	 */
	readonly unlikeness: Float64Array;
}

/**
 * Put points to their nearest centroids.
 *
 * @param centroids in the space of the codebook. Shape (K, D).
 * @param tokens    from `picturePoints`. Shape (N, dim). Not modified.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function nearestCentroids(
	kernels: Kernels,
	space: CodebookSpace,
	centroids: Float64Array,
	tokens: Matrix,
): NearestCentroids {
	const points = projectPoints(kernels, space, tokens);
	const { data, rows, cols } = points;
	const { labels, distances } = kernels.assignClusters(data, rows, cols, centroids, centroids.length / cols);
	const lifted = liftCentroids(space, centroids, tokens.cols);
	const unlikeness = new Float64Array(rows);
	for (const row of checkedRows(kernels.check, rows, tokens.cols)) {
		const from = row * tokens.cols;
		const to = labels[row] * tokens.cols;
		let sum = 0;
		for (let d = 0; d < tokens.cols; d++) {
			const difference = tokens.data[from + d] - lifted[to + d];
			sum += difference * difference;
		}
		unlikeness[row] = sum;
	}
	return { points, labels, distances, unlikeness };
}

/** The tokens that centroids stand for. @param dim length of a token. @returns shape (K, dim). */
function liftCentroids({ pca, divisors }: CodebookSpace, centroids: Float64Array, dim: number): Float64Array {
	const cols = divisors.length;
	const clusters = centroids.length / cols;
	const scores = centroids.map((value, at) => value * divisors[at % cols]);
	if (pca === undefined) {
		return scores;
	}
	const lifted = new Float64Array(clusters * dim);
	for (let cluster = 0; cluster < clusters; cluster++) {
		const token = lifted.subarray(cluster * dim, (cluster + 1) * dim);
		token.set(pca.mean);
		for (let component = 0; component < cols; component++) {
			const score = scores[cluster * cols + component];
			for (let d = 0; d < dim; d++) {
				token[d] += score * pca.components[component * dim + d];
			}
		}
	}
	return lifted;
}
