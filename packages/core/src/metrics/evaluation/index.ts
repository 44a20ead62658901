export { type DatasetScores, datasetScores, type RunsSummary, summariseRuns } from "./dataset-scores.ts";
export { evaluateImage, type ImageEvaluation, type ImageToEvaluate, type TruthReading } from "./evaluate-image.ts";
export {
	CLASS_SCORE_NAMES,
	REGION_SCORE_NAMES,
	type ScoreName,
	type Scores,
	scoreNames,
	TRUTH_KINDS,
	type TruthKind,
} from "./score-names.ts";
export { meanOf, type Spread, spreadOf } from "./spread.ts";
