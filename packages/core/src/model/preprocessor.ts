import type { PreprocessorConfig } from "./checkpoint.ts";
import {
	checkFields,
	type Field,
	flagField,
	isFrom,
	numberField,
	orElse,
	parseJsonObject,
	rejectField,
} from "./config-fields.ts";

/** ImageNet's statistics, with which every DINOv2 network was trained: for a checkpoint without `preprocessor_config.json`. */
export const DEFAULT_PREPROCESSOR: PreprocessorConfig = {
	mean: [0.485, 0.456, 0.406],
	std: [0.229, 0.224, 0.225],
	rescaleFactor: 1 / 255,
};

type Triple = readonly [number, number, number];

/** One number for each channel; it may be absent. */
const triple = (min: number, max: number): Field<Triple | undefined> => ({
	allowed: `three numbers from ${min} to ${max}`,
	accepts: (value): value is Triple =>
		Array.isArray(value) && value.length === 3 && value.every((channel) => isFrom(channel, min, max)),
	absent: undefined,
});

const REMEDY = "Get the file from where the model came from, or delete it to use ImageNet's mean and deviation.";

const FIELDS = {
	do_rescale: flagField(true),
	rescale_factor: orElse(numberField(1e-6, 1e6), DEFAULT_PREPROCESSOR.rescaleFactor),
	do_normalize: flagField(true),
	image_mean: triple(-1e6, 1e6),
	image_std: triple(1e-6, 1e6),
};

/**
 * The fields of a Hugging Face `preprocessor_config.json` that decide the values of the pixels.
 *
 * Size and crop are not used: the picture is resized to the network's input and never cropped.
 *
 * @param text the file's content.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is allowed.
 */
export function parsePreprocessorConfig(text: string, file: string): PreprocessorConfig {
	const fields = checkFields(FIELDS, parseJsonObject(text, file), file, REMEDY);
	const rescaleFactor = fields.do_rescale ? fields.rescale_factor : 1;
	if (!fields.do_normalize) {
		return { mean: [0, 0, 0], std: [1, 1, 1], rescaleFactor };
	}
	// No default: the image processors that such a file may name do not agree on one.
	const { image_mean: mean, image_std: std } = fields;
	if (mean === undefined) {
		rejectField(file, "image_mean", mean, "must be three numbers where do_normalize is not false", REMEDY);
	}
	if (std === undefined) {
		rejectField(file, "image_std", std, "must be three numbers where do_normalize is not false", REMEDY);
	}
	return { mean, std, rescaleFactor };
}
