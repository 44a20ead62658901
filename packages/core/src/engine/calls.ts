/** What is known of a call before any engine works: a program that holds only a proxy of one checks its calls by this. */
import { DinosegError } from "../errors/index.ts";
import { inputDimensions } from "../image/input-dimensions.ts";
import type { ModelConfig } from "../model/checkpoint.ts";
import { placeRule } from "../model/families.ts";
import { resolveVariant } from "../model/variant.ts";
import { type PartialOptions, resolveOptions, type SegmentationOptions } from "../options/index.ts";

/** See `EngineOptions.memoryBytes`. */
export const DEFAULT_MEMORY_BYTES = 64 * 2 ** 20;

/** The check of the input size does not depend on the picture's. */
const ANY_PICTURE = { width: 1, height: 1 };

/**
 * The options of a call, checked as far as that is possible without a picture.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function resolveForModel(config: ModelConfig, given: PartialOptions): SegmentationOptions {
	const settings = resolveOptions(given);
	resolveVariant(config, settings);
	placeRule(config, settings.positionGrid);
	inputDimensions(ANY_PICTURE, settings.inputSize, config.patchSize);
	return settings;
}

/** What a call of a segmenter ends with after `dispose`. */
export function disposed(): DinosegError {
	return new DinosegError("DISPOSED", "This segmenter was disposed. Create a new one.");
}
