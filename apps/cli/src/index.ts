/**
 * dinoseg for programs: what one needs to segment pictures, to read, name and export results, to measure them, and to
 * manage models. The parts that it is made of are in `@dinoseg/core` and its subpaths, `@dinoseg/kernels` and
 * `@dinoseg/node`.
 */
export { type SegmentationEvent, VERSION, type Warning } from "@dinoseg/core";
export {
	type Codebook,
	type CodebookPart,
	createSummarySum,
	decodeCodebook,
	decodeCodebookPart,
	encodeCodebook,
	encodeCodebookPart,
} from "@dinoseg/core/codebook";
export type { RawPixels } from "@dinoseg/core/engine";
export { DinosegError, ERROR_CODES, type ErrorCode, isDinosegError } from "@dinoseg/core/errors";
export type { RgbImage } from "@dinoseg/core/image";
export {
	EXPORT_FORMATS,
	type ExportImage,
	type LabelMap,
	parseNames,
	type SegmentNames,
	type SegmentsDocument,
} from "@dinoseg/core/labels";
export type { ExportFormatName } from "@dinoseg/core/labels/formats";
export { datasetScores, evaluateImage, summariseRuns } from "@dinoseg/core/metrics";
export { DEFAULT_OPTIONS, PRESETS, resolveOptions, type SegmentationOptions } from "@dinoseg/core/options";
export {
	describeResult,
	nameSegments,
	renderResultFigure,
	renderResultFiles,
	renderResultSweep,
	type SegmentResult,
	type SweepResult,
	type SweepSheet,
} from "@dinoseg/core/result";
export type { TokenGrid } from "@dinoseg/core/tensor";
export { loadKernels } from "@dinoseg/kernels";
export {
	encodePng,
	listCachedModels,
	modelInfo,
	pullModel,
	removeModel,
	verifyModel,
	writeExport,
} from "@dinoseg/node";
export { findTruth, readLabels } from "@dinoseg/node/datasets";
export { readResult, type StoredResult, saveResult } from "@dinoseg/node/results";
export { createSegmenter, type Segmenter, type SegmenterOptions, type SegmentInput } from "@dinoseg/node/segmenter";
