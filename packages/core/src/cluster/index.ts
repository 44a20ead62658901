export * from "./choice/index.ts";
export {
	type KMeansLimits,
	type KMeansOptions,
	type KMeansResult,
	kMeans,
	kMeansFrom,
} from "./k-means.ts";
export {
	type MiniBatchKMeansOptions,
	type MiniBatchKMeansResult,
	miniBatchKMeans,
	type PointSource,
} from "./mini-batch-k-means.ts";

export type { Weights } from "./weights.ts";
