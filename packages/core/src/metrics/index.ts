export * from "./boundary/index.ts";
export { type ConfusionCounter, type ConfusionMatrix, createConfusionCounter } from "./confusion-matrix.ts";
export { type Cell, type ContingencyOptions, type ContingencyTable, contingencyTable } from "./contingency-table.ts";
export * from "./evaluation/index.ts";
export {
	type LabelMatching,
	type MatchedScores,
	matchedScores,
	matchManyToOne,
	matchOneToOne,
} from "./match-labels.ts";
export { meanCosine } from "./mean-cosine.ts";
export {
	type Information,
	mutualInformation,
	normalisedMutualInformation,
	variationOfInformation,
} from "./mutual-information.ts";
export { adjustedRandIndex, adjustedRandOf, randIndex } from "./rand-index.ts";
export { type Covering, coveringOfTruth, type RegionScores, regionScores, regionScoresOf } from "./region-scores.ts";
