import type { ClusterChoice } from "../cluster/index.ts";
import type { LabelMap } from "../labels/label-map.ts";
import type { PcaModel } from "../linalg/index.ts";

/** What clustering, upsampling and smoothing made of one token grid. */
export interface Segmentation {
	/**
	 * The result: smoothed, ids numbered by falling area; with a granularity, some of these ids are missing or new ones
	 * follow. Shape (imageHeight, imageWidth).
	 */
	readonly labels: LabelMap;
	/** Before smoothing, with the same ids; ids that smoothing removed follow after those of `labels`. */
	readonly rawLabels: LabelMap;
	/** How clearly the winning cluster won, 0 to 255. Shape (imageHeight, imageWidth). */
	readonly confidence: Uint8Array;
	/** Final id of each token. Shape (rows, cols). */
	readonly tokenLabels: Uint16Array;
	/**
	 * Cluster centres among the points that are clustered, in the order of the final ids, vanished ones last; NaN for ids
	 * that a granularity merged into others. Shape (acceptedClusters or more, D).
	 */
	readonly centroids: Float64Array;
	/** Clusters that are shown: fewer than asked for when there are fewer distinct tokens. */
	readonly clusters: number;
	/** Clusters before the granularity merged or split them; as many as `clusters` without one. */
	readonly acceptedClusters: number;
	/** How the number of clusters was chosen; none where it was given. */
	readonly choice?: ClusterChoice;
	/** Sum of squared distances of the tokens to their centres, before smoothing. */
	readonly inertia: number;
	/** None when PCA was off. */
	readonly pca?: PcaModel;
	/** Window that smoothing used, pixels; 1 when there was none. */
	readonly smoothWindow: number;
	/** Connected regions below this size were absorbed, pixels. */
	readonly minAreaPixels: number;
}
