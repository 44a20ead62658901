export {
	type PreparedPicture,
	type PreparedPictureOptions,
	prepareNetworkInput,
	tokenGridSize,
} from "./prepare-network-input.ts";
export { type ReducedTokens, type ReductionOptions, reduceTokens } from "./reduce-tokens.ts";
export { type SegmentationContext, segmentReduced, segmentTokens, type TokenOptions } from "./segment-tokens.ts";
export type { Segmentation } from "./segmentation.ts";
export { createStageRecorder, type RunContext, type StageRecorder } from "./stage-recorder.ts";
export { type Sweep, type SweepMap, sweepReduced } from "./sweep-tokens.ts";
