/**
 * The options of the main job: their defaults and bounds, once. Help texts, validation and documents read these.
 */

/** How the label map is cleaned after upsampling. */
export const SMOOTHING_METHODS = ["none", "median", "majority", "guided", "crf"] as const;
export type SmoothingMethod = (typeof SMOOTHING_METHODS)[number];

/** Which output of the network is clustered: its tokens, or what a block's attention computes from them. */
export const FACETS = ["token", "key", "query", "value"] as const;
export type Facet = (typeof FACETS)[number];

/** Precision of the network's arithmetic. */
export const DTYPES = ["fp32", "int8"] as const;
export type Dtype = (typeof DTYPES)[number];

/** What makes tokens alike: small Euclidean distances, or small angles whatever their lengths. */
export const METRICS = ["euclidean", "cosine"] as const;
export type Metric = (typeof METRICS)[number];

/** How the position table is resized: as the official code does, or as current transformers releases do. */
export const POSITION_GRIDS = ["official", "hf"] as const;
export type PositionGrid = (typeof POSITION_GRIDS)[number];

/** What decides among several numbers of clusters. */
export const CRITERIA = ["gain", "elbow", "silhouette", "calinski-harabasz", "eigengap", "stability"] as const;
export type Criterion = (typeof CRITERIA)[number];

/** Numbers of clusters, both ends included. */
export interface ClusterRange {
	readonly min: number;
	readonly max: number;
}

/** A number of clusters, a range to choose it from, or "auto": the range `AUTO_CLUSTERS`. */
export type ClustersOption = number | "auto" | ClusterRange;

export interface SmoothingOption {
	readonly method: SmoothingMethod;
	/**
	 * Side of the window, pixels of the original, odd. Default: the odd number nearest to one patch there, to seven for
	 * "crf", and for "guided" to seven or to three tenths of the shorter side if that is less.
	 */
	readonly window?: number;
}

/** A smallest region size: pixels of the original, or a share of the picture. */
export type MinimumArea = { readonly pixels: number } | { readonly share: number };

/** Longer side in pixels with the aspect kept, or an exact size that the picture is squashed to. */
export type InputSize = number | { readonly width: number; readonly height: number };

/** Share of the variance strictly between 0 and 1, a count of components, or "off". */
export type PcaOption = number | "off";

/** In which views the network sees a picture; of several, tokens are averaged. "shift" takes 4 runs, "flip" doubles them. */
export const VIEWS = ["single", "flip", "shift", "flip+shift"] as const;
export type Views = (typeof VIEWS)[number];

/** Powers of its deviation that a component can be divided by: those that are made of square roots. */
export const WHITENINGS = [0, 0.25, 0.5, 1] as const;
export type Whitening = (typeof WHITENINGS)[number];

/** A count of clusters, or "off". */
export type LeavesOption = number | "off";

/** Everything that decides the result for one picture and one model. */
export interface SegmentationOptions {
	/** Number of clusters, or the range in which `criterion` chooses it. @default 6 */
	readonly clusters: ClustersOption;
	/** What chooses the number of clusters where it is not given. @default "elbow" */
	readonly criterion: Criterion;
	/**
	 * Clusters that k-means makes, or `clusters` if that is more; they merge along a tree until `clusters` are left, so
	 * every number of clusters up to this one is a refinement of each smaller one. "off": k-means makes `clusters` itself.
	 * @default "off"
	 */
	readonly leaves: LeavesOption;
	/**
	 * Segments that the result is shown in: those of `clusters` united along the merge tree, or divided further. All other
	 * pixels keep their ids. At most `OPTION_BOUNDS.divisions.max` more than the least that `clusters` allows.
	 * @default as many as `clusters` gives
	 */
	readonly granularity?: number;
	/** Size of the network's input. @default 518 */
	readonly inputSize: InputSize;
	/** Window of the median blur on the original, pixels; 0 switches it off. @default 5 */
	readonly median: number;
	/** @default 0.99 */
	readonly pca: PcaOption;
	/** How often each token is replaced by a mean over itself and alike neighbours, after PCA. @default 2 */
	readonly denoise: number;
	/** Power of its standard deviation that each principal component is divided by. @default 0.5 */
	readonly whiten: Whitening;
	/** Deviation of the place on the token grid, as a multiple of that of the components. @default 0.4 */
	readonly position: number;
	/** @default { method: "guided" } */
	readonly smooth: SmoothingOption;
	/** Connected regions below this size join a neighbour. @default { share: 0.001 } */
	readonly minArea: MinimumArea;
	/** @default "token" */
	readonly facet: Facet;
	/** Blocks whose outputs are joined, in this order; 0-based, negative from the end. @default [-1] */
	readonly layer: readonly number[];
	/** Step between patches, input pixels, at most one patch. @default one patch */
	readonly stride?: number;
	/** Views of the picture whose tokens are averaged: mirrored, moved by a quarter of a step, or both. @default "single" */
	readonly views: Views;
	/** @default "official" */
	readonly positionGrid: PositionGrid;
	/** Replace tokens whose length is an outlier by the mean of their clean neighbours. @default false */
	readonly repair: boolean;
	/** Subtract what the network says of pictures without content at the same position, after the repair. @default false */
	readonly debias: boolean;
	/** Cosine: tokens are scaled to length 1 before PCA. @default "euclidean" */
	readonly metric: Metric;
	/** Independent starts of k-means; the best is kept. @default 10 */
	readonly restarts: number;
	/** Seed of every random choice. @default 0 */
	readonly seed: number;
	/** Percentiles that are mapped to black and white before anything else. @default none */
	readonly stretch?: { readonly low: number; readonly high: number };
	/** Pixels of the original above which it is refused before decoding. @default 100 megapixels */
	readonly maxPixels: number;
}

export const DEFAULT_OPTIONS: SegmentationOptions = {
	clusters: 6,
	criterion: "elbow",
	leaves: "off",
	inputSize: 518,
	median: 5,
	pca: 0.99,
	denoise: 2,
	whiten: 0.5,
	position: 0.4,
	smooth: { method: "guided" },
	minArea: { share: 0.001 },
	facet: "token",
	layer: [-1],
	views: "single",
	positionGrid: "official",
	repair: false,
	debias: false,
	metric: "euclidean",
	restarts: 10,
	seed: 0,
	maxPixels: 100_000_000,
};

/** Bounds of the numeric options, both ends included. */
export const OPTION_BOUNDS = {
	clusters: { min: 1, max: 1024 },
	leaves: { min: 1, max: 1024 },
	granularity: { min: 1, max: 1024 },
	/** Divisions of segments that a granularity can ask for. */
	divisions: { min: 0, max: 64 },
	/** Numbers of clusters that one sweep shows. */
	sweep: { min: 1, max: 30 },
	/** The lower bound is one patch of the model. */
	inputSize: { min: 1, max: 4096 },
	median: { min: 3, max: 101 },
	denoise: { min: 0, max: 16 },
	position: { min: 0, max: 10 },
	smoothWindow: { min: 3, max: 255 },
	guidedWindow: { min: 3, max: 4095 },
	crfWindow: { min: 3, max: 4095 },
	pcaComponents: { min: 1, max: 65536 },
	minAreaPixels: { min: 0, max: 2 ** 31 - 1 },
	/** Above the deepest published network; the model's own depth is checked when it is known. */
	layer: { min: -256, max: 255 },
	/** Blocks that can be joined. */
	layers: { min: 1, max: 64 },
	/** The upper bound is one patch of the model. */
	stride: { min: 1, max: 4096 },
	restarts: { min: 1, max: 100 },
	seed: { min: 0, max: 2 ** 32 - 1 },
	percentile: { min: 0, max: 100 },
	maxPixels: { min: 1, max: 2 ** 31 - 1 },
} as const;

/** The range of "auto". */
export const AUTO_CLUSTERS: ClusterRange = { min: 2, max: 12 };

/** The numbers of clusters that an option allows: a single one where it is a number. */
export function clusterRange(clusters: ClustersOption): ClusterRange {
	if (typeof clusters === "number") {
		return { min: clusters, max: clusters };
	}
	return clusters === "auto" ? AUTO_CLUSTERS : clusters;
}

/** Bounds of the window of a smoothing method, pixels. */
export function smoothingBounds(method: SmoothingMethod): { readonly min: number; readonly max: number } {
	switch (method) {
		case "guided":
			return OPTION_BOUNDS.guidedWindow;
		case "crf":
			return OPTION_BOUNDS.crfWindow;
		default:
			return OPTION_BOUNDS.smoothWindow;
	}
}
