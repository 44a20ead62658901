export {
	type PreparedPicture,
	type PreparedPictureOptions,
	prepareNetworkInput,
	tokenGridSize,
} from "./prepare-network-input.ts";
export { type ReducedTokens, type ReductionOptions, reduceTokens } from "./reduce-tokens.ts";
export { type CodebookSegmentation, segmentByCodebook } from "./segment-by-codebook.ts";
export { chooseCut, type GrownRegions, type KeptRegions, type RegionCut } from "./segment-regions.ts";
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
