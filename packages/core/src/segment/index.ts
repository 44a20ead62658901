export {
	type PreparedPicture,
	type PreparedPictureOptions,
	prepareNetworkInput,
} from "./prepare-network-input.ts";
export { type ReducedTokens, type ReductionOptions, reduceTokens } from "./reduce-tokens.ts";
export { type CodebookSegmentation, segmentByCodebook } from "./segment-by-codebook.ts";
export {
	chooseCut,
	cutOnce,
	type GrownRegions,
	type KeptCuts,
	type KeptRegions,
	type RegionCut,
} from "./segment-regions.ts";
export {
	reductionFor,
	type SegmentationContext,
	segmentReduced,
	segmentTokens,
	type TokenOptions,
} from "./segment-tokens.ts";
export type { ClusterSegmentation, RegionSegmentation, Segmentation } from "./segmentation.ts";
export { createStageRecorder, type RunContext, type StageRecorder } from "./stage-recorder.ts";
export { type Sweep, type SweepMap, sweepReduced, sweepRegions } from "./sweep-tokens.ts";
