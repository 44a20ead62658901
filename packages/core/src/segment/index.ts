export { type NetworkInput, type NetworkInputOptions, prepareNetworkInput, tokenGridSize } from "./network-input.ts";
export { type Segmentation, segmentTokens, type TokenOptions } from "./segment-tokens.ts";
export { createStageRecorder, type RunContext, type StageRecorder } from "./stage-recorder.ts";
