import type { Kernels } from "@dinoseg/kernels";
import { checkInteger, checkLength } from "../errors/index.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { checkMatrix, type GridShape, gridGeometry, type Matrix } from "../tensor/index.ts";

export interface UpsampleOptions {
	/** Score of each cluster at each token; higher is better. Shape (rows * cols, clusters). */
	readonly scores: Float32Array;
	/** Where the tokens lie on the network's input. */
	readonly grid: GridShape;
	/** Number of clusters, 1 to 65535. */
	readonly clusters: number;
	/** Size of the label map, pixels. */
	readonly width: number;
	readonly height: number;
	/** Scale of the scores for the confidence, in their unit: inertia / number of tokens. 0 means certainty. */
	readonly temperature: number;
}

/** A label map with how clearly each pixel's label won. */
export interface UpsampledLabels {
	readonly labels: LabelMap;
	/** round(255 (p1 - p2)), p = softmax(score / temperature). Shape (height, width). */
	readonly confidence: Uint8Array;
}

/**
 * The score of every cluster at every point: minus the squared distance to its centroid.
 *
 * @param points    tokens in PCA space (N, D).
 * @param centroids (K, D), row-major, K = centroids.length / D.
 * @returns scores, shape (N, K).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function clusterScores(kernels: Kernels, points: Matrix, centroids: Float64Array): Float32Array {
	checkMatrix("clusterScores", "points", points);
	const clusters = Math.floor(centroids.length / points.cols);
	checkLength("clusterScores", "centroids (K, D)", centroids, clusters, points.cols);
	const distances = kernels.squaredDistances(points.data, points.rows, points.cols, centroids, clusters);
	const scores = new Float32Array(distances.length);
	for (let i = 0; i < scores.length; i++) {
		scores[i] = 0 - distances[i];
	}
	return scores;
}

/**
 * Enlarge cluster scores from the token grid to a picture, and keep the best cluster at each pixel.
 *
 * Scores are interpolated, not labels, so borders between segments run between tokens and not along them.
 * Convention: bilinear, pixel centres (align_corners = false), clamped to the outermost token centres; lowest id on
 * ties. Memory does not grow with clusters * pixels.
 * Reference: `torch.nn.functional.interpolate(bilinear)` and arg max, equal on one-hot maps.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function upsampleLabels(kernels: Kernels, options: UpsampleOptions): UpsampledLabels {
	checkScores(options);
	const { scores, grid, clusters, width, height, temperature } = options;
	const geometry = gridGeometry(grid, width, height);
	const { labels, confidence } = kernels.upsampleScores(scores, clusters, geometry, width, height, temperature);
	return { labels: { data: labels, width, height, count: clusters }, confidence };
}

function checkScores({ scores, grid, clusters, width, height }: UpsampleOptions): void {
	checkInteger("upsampleLabels", "clusters", clusters, { min: 1, max: 65535 });
	checkInteger("upsampleLabels", "width", width, { min: 1, max: 2 ** 24 });
	checkInteger("upsampleLabels", "height", height, { min: 1, max: 2 ** 24 });
	checkLength("upsampleLabels", "scores (rows, cols, clusters)", scores, grid.rows, grid.cols, clusters);
}
