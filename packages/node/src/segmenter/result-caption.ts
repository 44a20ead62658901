import type { FigureCaption } from "@dinoseg/core";
import type { SegmentResult } from "./types.ts";

/** What figures say about how a result was made. */
export function resultCaption(result: SegmentResult): FigureCaption {
	const { pca, tokens, options, choice } = result;
	return {
		model: result.model.bundled ? `${result.model.name} (bundled, not DINOv2)` : result.model.name,
		clusters: typeof options.clusters === "number" ? options.clusters : result.acceptedClusters,
		...(choice ? { criterion: choice.criterion } : {}),
		input: { width: tokens.inputWidth, height: tokens.inputHeight },
		...(pca ? { pca: { components: pca.componentCount, share: sum(pca.explainedVarianceRatio) } } : {}),
		median: options.median,
		smoothing: { method: options.smooth.method, window: result.smoothWindow },
		minAreaPixels: result.minAreaPixels,
	};
}

function sum(values: Float64Array): number {
	return values.reduce((total, value) => total + value, 0);
}
