import { type Dimensions, inputDimensions } from "@dinoseg/core/image";
import type { ModelConfig } from "@dinoseg/core/model";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";

/** The size at which the main job shows a square picture to a network unless told otherwise, pixels. */
export function defaultInput({ patchSize }: ModelConfig): Dimensions {
	return inputDimensions({ width: 1, height: 1 }, DEFAULT_OPTIONS.inputSize, patchSize);
}
