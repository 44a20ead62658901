import { checkedRows, type Kernels } from "@dinoseg/kernels";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { type KMeansOptions, type KMeansResult, kMeans, kMeansFrom } from "./k-means.ts";
import { unitWeights } from "./weights.ts";

/** A clustering, and how far its two most alike clusters are apart. */
export interface MergingStep {
	readonly clustering: KMeansResult;
	/** See `mergingKMeans`; 0 for a single cluster. */
	readonly separation: number;
}

/** The two clusters of a clustering that are least separated. */
interface NearestPair {
	readonly first: number;
	readonly second: number;
	readonly separation: number;
}

/**
 * k-means for fewer and fewer clusters: the two that are least separated become one, and k-means goes on from there. Each
 * clustering is at rest, but not the one of lowest inertia: what is common in the points is not cut in two for it.
 *
 * The separation of two clusters of weights a and b, as shares of all, is (2 a b / (a + b)) ** (1/4) * the squared
 * distance of their means / the mean squared distance of all points to their mean. It has no unit.
 *
 * Convention: of equally separated pairs the lower one becomes one.
 * Source: merging after Ward 1963, doi:10.1080/01621459.1963.10500845; the exponent and the descents are ours.
 *
 * @param options of the first k-means, which makes the most clusters.
 * @param after   a clustering of an earlier walk on the same points: only the steps that follow it are made. Default: all.
 * @throws DinosegError as `kMeans`, at the first step
 */
export function* mergingKMeans(
	kernels: Kernels,
	points: Matrix,
	options: Pick<KMeansOptions, "clusters" | "restarts" | "random" | "onProgress" | "weights">,
	after?: KMeansResult,
): Generator<MergingStep> {
	checkMatrix("mergingKMeans", "points", points);
	let clustering = after ?? kMeans(kernels, points, options);
	const weights = Float64Array.from(options.weights ?? unitWeights(points.rows));
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const spread = meanSquaredDistance(kernels, points, weights, total);
	while (clustering.clusters > 1) {
		const sizes = sizesOf(clustering, weights);
		const pair = nearestPair(kernels, clustering, sizes, { cols: points.cols, total, spread });
		if (clustering !== after) {
			yield { clustering, separation: pair.separation };
		}
		kernels.check();
		clustering = kMeansFrom(kernels, points, joined(clustering, sizes, points.cols, pair), { weights });
	}
	if (clustering !== after) {
		yield { clustering, separation: 0 };
	}
}

/**
 * @param all.total  weight of all points.
 * @param all.spread what a squared distance is measured by.
 */
function nearestPair(
	{ check }: Pick<Kernels, "check">,
	{ centroids, clusters }: KMeansResult,
	sizes: Float64Array,
	{ cols, total, spread }: { readonly cols: number; readonly total: number; readonly spread: number },
): NearestPair {
	let nearest: NearestPair = { first: 0, second: 1, separation: Number.POSITIVE_INFINITY };
	for (let first = 0; first < clusters; first++) {
		check();
		for (let second = first + 1; second < clusters; second++) {
			let distance = 0;
			for (let d = 0; d < cols; d++) {
				const difference = centroids[first * cols + d] - centroids[second * cols + d];
				distance += difference * difference;
			}
			const share = (2 * sizes[first] * sizes[second]) / (sizes[first] + sizes[second]) / total;
			const separation = (distance / spread) * Math.sqrt(Math.sqrt(share));
			if (separation < nearest.separation) {
				nearest = { first, second, separation };
			}
		}
	}
	return nearest;
}

/** The centroids with two of them replaced by the mean of their points. */
function joined(
	{ centroids, clusters }: KMeansResult,
	sizes: Float64Array,
	cols: number,
	{ first, second }: NearestPair,
): Float64Array {
	const start = new Float64Array((clusters - 1) * cols);
	start.set(centroids.subarray(0, second * cols));
	start.set(centroids.subarray((second + 1) * cols), second * cols);
	const [a, b] = [sizes[first], sizes[second]];
	for (let d = 0; d < cols; d++) {
		start[first * cols + d] = (a * centroids[first * cols + d] + b * centroids[second * cols + d]) / (a + b);
	}
	return start;
}

/** Weight of each cluster. */
function sizesOf({ labels, clusters }: KMeansResult, weights: Float64Array): Float64Array {
	const sizes = new Float64Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		sizes[labels[i]] += weights[i];
	}
	return sizes;
}

function meanSquaredDistance(
	kernels: Kernels,
	{ data, rows, cols }: Matrix,
	weights: Float64Array,
	total: number,
): number {
	const sums = kernels.clusterSums(data, rows, cols, new Uint16Array(rows), weights, 1);
	const means = sums.map((value) => value / total);
	let sum = 0;
	for (const row of checkedRows(kernels.check, rows, cols)) {
		for (let d = 0, at = row * cols; d < cols; d++, at++) {
			const difference = data[at] - means[d];
			sum += weights[row] * difference * difference;
		}
	}
	return sum / total;
}
