export { describeResult } from "./describe-result.ts";
export { type ExportedResult, exportResult } from "./export-result.ts";
export { nameSegments } from "./name-segments.ts";
export { type RenderOutputOptions, type ResultOutput, renderOutputs } from "./render-outputs.ts";
export {
	type GreyImage,
	type PngEncoder,
	RESULT_LABELS,
	RESULT_MARKER,
	type ResultFileOptions,
	type ResultFiles,
	renderResultCutout,
	renderResultFigure,
	renderResultFiles,
	renderResultSweep,
	type SweepResult,
	type SweepSheet,
} from "./render-result.ts";
export type {
	AppliedBook,
	InputIdentity,
	ModelIdentity,
	ResultFacts,
	SegmentResult,
	Timings,
} from "./segment-result.ts";
