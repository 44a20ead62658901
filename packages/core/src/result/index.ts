export { describeResult } from "./describe-result.ts";
export { type ExportedResult, exportResult } from "./export-result.ts";
export { RESULT_LABELS, RESULT_MARKER } from "./file-names.ts";
export { nameSegments } from "./name-segments.ts";
export { type Deflate, encodePicturePng } from "./picture-png.ts";
export { type RenderOutputOptions, type ResultOutput, renderOutputs } from "./render-outputs.ts";
export {
	type GreyImage,
	type PngEncoder,
	type ResultFileOptions,
	type ResultFiles,
	renderResultCutout,
	renderResultFigure,
	renderResultFiles,
	renderResultSweep,
	type SweepResult,
	type SweepSheet,
} from "./render-result.ts";
export { renderResultBorders } from "./render-result-borders.ts";
export type {
	AppliedBook,
	InputIdentity,
	ModelIdentity,
	ResultFacts,
	SegmentResult,
	Timings,
} from "./segment-result.ts";
export { checkStoredResult } from "./stored-result.ts";
