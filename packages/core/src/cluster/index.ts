export { type ChoicePoint, type ClusterChoice, chooseClusters, WORTHWHILE_SEPARATION } from "./choose-clusters.ts";
export { gatherRows } from "./gather-rows.ts";
export {
	type KMeansLimits,
	type KMeansOptions,
	type KMeansResult,
	kMeans,
	kMeansFrom,
} from "./k-means.ts";
export { type MergingStep, mergingKMeans } from "./merging-k-means.ts";
export { type KeptWalk, type TokenClusterings, tokenClusterings } from "./token-clusterings.ts";

export type { Weights } from "./weights.ts";
