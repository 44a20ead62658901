import type { Kernels } from "@dinoseg/kernels";
import { kMeansFrom } from "../cluster/index.ts";
import type { Warning } from "../events.ts";
import type { Matrix } from "../tensor/index.ts";
import type { Codebook } from "./codebook.ts";
import { fitSpace, projectPoints } from "./codebook-space.ts";
import { type CodebookFit, measureClusters } from "./fit-codebook.ts";
import { addSummaries, type FitSummary } from "./fit-summary.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import { estimatedWeights } from "./weighted-sample.ts";

/**
 * Add pictures to a codebook. Its clusters stay as many as they are and keep their ids, names and colours; they move to
 * where the points of all pictures are.
 *
 * Convention: PCA is fitted anew to all points. k-means begins at the mean of the old sample's points of each cluster, in
 * the new space, and makes one descent: nothing is random.
 *
 * @param summary of the further pictures, made with the network and the options of the codebook.
 * @throws DinosegError SHAPE_MISMATCH, MOMENTS_OUT_OF_RANGE
 */
export function updateCodebook(kernels: Kernels, codebook: Codebook, summary: FitSummary): CodebookFit {
	const all = addSummaries(codebook.summary, summary);
	const { space, warning } = fitSpace(kernels, all.moments, codebook.options);
	const sampled = all.sample.points;
	const points = projectPoints(kernels, space, sampled);
	const weights = estimatedWeights(all.sample);
	const means = projectPoints(kernels, space, clusterTokens(kernels, codebook));
	const start = Float64Array.from(means.data);
	const descended = kMeansFrom(kernels, points, start, { weights });
	// A descent drops a cluster without a point, and the ids of all others would change with it.
	const centroids = descended.clusters === codebook.clusters ? descended.centroids : start;
	return {
		codebook: {
			...codebook,
			...measureClusters(kernels, space, sampled, weights, centroids),
			summary: all,
		},
		warnings: [warning].filter((told): told is Warning => told !== undefined),
	};
}

/** The mean token of each cluster; of one that no point of the sample is nearest to, the nearest of all. Shape (K, dim). */
function clusterTokens(kernels: Kernels, codebook: Codebook): Matrix {
	const { centroids, clusters, summary } = codebook;
	const { points: tokens } = summary.sample;
	const { cols, rows, data } = tokens;
	const { labels, points } = nearestCentroids(kernels, codebook, centroids, tokens);
	const weights = estimatedWeights(summary.sample);
	const sums = kernels.clusterSums(data, rows, cols, labels, weights, clusters);
	const masses = new Float64Array(clusters);
	for (let i = 0; i < rows; i++) {
		masses[labels[i]] += weights[i];
	}
	const distances = masses.includes(0)
		? kernels.squaredDistances(points.data, rows, points.cols, centroids, clusters)
		: new Float64Array(0);
	const means = new Float32Array(clusters * cols);
	for (let cluster = 0; cluster < clusters; cluster++) {
		if (masses[cluster] > 0) {
			for (let d = cluster * cols; d < (cluster + 1) * cols; d++) {
				means[d] = sums[d] / masses[cluster];
			}
		} else {
			const nearest = nearestRow(distances, rows, clusters, cluster);
			means.set(data.subarray(nearest * cols, (nearest + 1) * cols), cluster * cols);
		}
	}
	return { data: means, rows: clusters, cols };
}

/** @param distances shape (N, K). */
function nearestRow(distances: Float64Array, rows: number, clusters: number, cluster: number): number {
	let nearest = 0;
	for (let row = 1; row < rows; row++) {
		if (distances[row * clusters + cluster] < distances[nearest * clusters + cluster]) {
			nearest = row;
		}
	}
	return nearest;
}
