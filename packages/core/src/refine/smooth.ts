import type { Kernels } from "@dinoseg/kernels";
import { checkOddWindow } from "../errors/index.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { OPTION_BOUNDS, type SmoothingMethod } from "../options/index.ts";
import type { TokenGrid } from "../tensor/index.ts";

export interface SmoothOptions {
	/**
	 * "median" orders labels by their number, so between two segments it can put a third; "majority" takes the most
	 * frequent label (lowest on ties) and cannot. "none" leaves the map as it is.
	 */
	readonly method: SmoothingMethod;
	/** Side of the square window, pixels: odd, 3 to 255; 1 changes nothing. */
	readonly window: number;
}

/**
 * Smooth the borders of a label map and drop specks.
 *
 * Convention: border replicated. Where nothing is to be done the same map is returned.
 * Reference: median as `cv2.medianBlur` on the label map, equal on every byte.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function smoothLabels(kernels: Kernels, labels: LabelMap, options: SmoothOptions): LabelMap {
	const { method, window } = options;
	checkLabelMap("smoothLabels", labels);
	if (method === "none" || window === 1) {
		return labels;
	}
	checkOddWindow("smoothLabels", "window", window, OPTION_BOUNDS.smoothWindow);
	const { width, height, count } = labels;
	switch (method) {
		case "median":
			return { ...labels, data: kernels.medianFilter(labels.data, width, height, 1, window) };
		case "majority":
			return { ...labels, data: kernels.majorityFilter(labels.data, width, height, count, window) };
		default:
			throw method satisfies never;
	}
}

/**
 * The window that fits a grid: the odd number nearest to one patch, in pixels of the original (the mean of both axes
 * where they differ; the larger of two equally near). 1, which smooths nothing, where a patch is smaller than that.
 */
export function defaultSmoothWindow(
	grid: Pick<TokenGrid, "patchSize" | "inputWidth" | "inputHeight" | "imageWidth" | "imageHeight">,
): number {
	const scale = (grid.imageWidth / grid.inputWidth + grid.imageHeight / grid.inputHeight) / 2;
	const patch = grid.patchSize * scale;
	return Math.min(2 * Math.floor(patch / 2) + 1, OPTION_BOUNDS.smoothWindow.max);
}
