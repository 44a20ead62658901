export { type AppliedCodebook, applyCodebook, UNLIKE_SHARE } from "./apply-codebook.ts";
export * from "./codebook.ts";
export { codebookDigest } from "./codebook-digest.ts";
export { projectPoints } from "./codebook-space.ts";
export { decodeCodebook, decodeCodebookPart } from "./decode-codebook.ts";
export { encodeCodebook, encodeCodebookPart } from "./encode-codebook.ts";
export { type CodebookFit, fitCodebook } from "./fit-codebook.ts";
export {
	addSummaries,
	createSummarySum,
	type FitSummary,
	type SummarisedPicture,
	type SummarySum,
	summarisePicture,
} from "./fit-summary.ts";
export { checkAlike, mergeParts, type PartOfFile } from "./merge-parts.ts";
export { type NearestCentroids, nearestCentroids } from "./nearest-centroids.ts";
export { optionsWithCodebook } from "./options-with-codebook.ts";
export { type PointOptions, picturePoints } from "./picture-points.ts";
export { CORESET_POINTS, type Coreset, type RegionCoresetOptions, regionCoreset } from "./region-coreset.ts";
export { updateCodebook } from "./update-codebook.ts";
export { SAMPLE_CAPACITY, SAMPLE_POINTS, sampleOf, type WeightedSample } from "./weighted-sample.ts";
