import { type RgbImage, renderFigure } from "@dinoseg/core";
import { type Kernels, referenceKernels } from "@dinoseg/kernels";
import type { SegmentResult } from "./types.ts";

/**
 * The four-panel figure of a result: original, median blur, segmentation, smoothed segmentation.
 *
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @returns (height, 1600, 3).
 */
export function renderResultFigure(result: SegmentResult, kernels: Kernels = referenceKernels): RgbImage {
	const { pca, tokens, options, choice } = result;
	return renderFigure(kernels, {
		original: result.image,
		blurred: result.blurred,
		segmentation: result.rawLabels,
		smoothed: result.labels,
		caption: {
			model: result.model.bundled ? `${result.model.name} (bundled, not DINOv2)` : result.model.name,
			clusters: typeof options.clusters === "number" ? options.clusters : result.clusters,
			...(choice ? { criterion: choice.criterion } : {}),
			input: { width: tokens.inputWidth, height: tokens.inputHeight },
			...(pca ? { pca: { components: pca.componentCount, share: sum(pca.explainedVarianceRatio) } } : {}),
			median: options.median,
			smoothing: { method: options.smooth.method, window: result.smoothWindow },
			minAreaPixels: result.minAreaPixels,
		},
	});
}

function sum(values: Float64Array): number {
	return values.reduce((total, value) => total + value, 0);
}
