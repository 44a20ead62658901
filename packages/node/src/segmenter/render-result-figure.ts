import { type RgbImage, renderFigure } from "@dinoseg/core";
import { type Kernels, referenceKernels } from "@dinoseg/kernels";
import { resultPalette } from "./name-segments.ts";
import { resultCaption } from "./result-caption.ts";
import type { SegmentResult } from "./types.ts";

/**
 * The four-panel figure of a result: original, median blur, segmentation, smoothed segmentation.
 *
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @returns (height, 1600, 3).
 */
export function renderResultFigure(result: SegmentResult, kernels: Kernels = referenceKernels): RgbImage {
	return renderFigure(kernels, {
		original: result.image,
		blurred: result.blurred,
		segmentation: result.rawLabels,
		smoothed: result.labels,
		caption: resultCaption(result),
		palette: resultPalette(result),
		names: new Map([...(result.names ?? [])].flatMap(([id, { name }]) => (name === undefined ? [] : [[id, name]]))),
	});
}
