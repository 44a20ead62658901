export { type DatasetScores, datasetScores, type RunsSummary, summariseRuns } from "./dataset-scores.ts";
export { evaluateImage, type ImageEvaluation, type ImageToEvaluate, type TruthReading } from "./evaluate-image.ts";
export {
	CLASS_SCORE_NAMES,
	meanOf,
	REGION_SCORE_NAMES,
	type ScoreName,
	type Scores,
	type Spread,
	scoreNames,
	spreadOf,
	TRUTH_KINDS,
	type TruthKind,
} from "./scores.ts";
export {
	evaluateTree,
	summariseTrees,
	TREE_SCORE_NAMES,
	type TreeEvaluation,
	type TreeScoreName,
	type TreeSummary,
	type TreeToEvaluate,
} from "./tree-scores.ts";
