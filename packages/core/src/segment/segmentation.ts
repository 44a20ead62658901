import type { ClusterChoice } from "../cluster/index.ts";
import type { LabelMap } from "../labels/label-map.ts";
import type { PcaModel } from "../linalg/index.ts";
import type { RegionTree, Superpixels } from "../regions/index.ts";
import type { Matrix } from "../tensor/index.ts";

/** What was made of one token grid: k-means clusters, or regions. */
export type Segmentation = ClusterSegmentation | RegionSegmentation;

interface CommonSegmentation {
	/**
	 * The result. Ids of clusters are numbered by falling area, those of regions are those of `nodeIds`; the background, if
	 * there are pixels without data, comes last. Shape (imageHeight, imageWidth).
	 */
	readonly labels: LabelMap;
	/**
	 * How clearly the winning cluster won, or how long the region stays while cuts become coarser: 0 to 255; 0 where there
	 * are no data. Shape (imageHeight, imageWidth).
	 */
	readonly confidence: Uint8Array;
	/** How the number of segments was chosen; none where it was given. */
	readonly choice?: ClusterChoice;
	/** None when PCA was off. */
	readonly pca?: PcaModel;
	/** Connected regions below this size were absorbed, or merged before all others, pixels. */
	readonly minAreaPixels: number;
}

/** What clustering, upsampling and smoothing made. */
export interface ClusterSegmentation extends CommonSegmentation {
	readonly kind: "clusters";
	/** Id of each token's cluster; those that won no pixel follow after the ids of `labels`. Shape (rows, cols). */
	readonly tokenLabels: Uint16Array;
	/** Cluster centres among the points that are clustered, in the order of the ids of `tokenLabels`. Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Fewer than asked for when there are fewer distinct tokens. */
	readonly clusters: number;
	/** Sum of squared distances of the tokens to their centres, before smoothing. */
	readonly inertia: number;
	/** Window that smoothing used, pixels; 1 when there was none. */
	readonly smoothWindow: number;
}

/** A cut of the tree along which superpixels grow together, and what any other cut can be made of. */
export interface RegionSegmentation extends CommonSegmentation {
	readonly kind: "regions";
	/** At the size of the picture: (imageHeight, imageWidth). */
	readonly superpixels: Superpixels;
	readonly tree: RegionTree;
	/** What each superpixel looks like: see `describeSuperpixels`. Shape (leaves, 3 + D). */
	readonly features: Matrix;
	/** Regions of this cut. */
	readonly regions: number;
}
