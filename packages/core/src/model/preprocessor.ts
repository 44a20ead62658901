import type { PreprocessorConfig } from "./checkpoint.ts";
import {
	type ConfigFields,
	checkFields,
	type Field,
	flagField,
	isFrom,
	numberField,
	orElse,
	parseJsonObject,
	rejectField,
} from "./config-fields.ts";

/** ImageNet's statistics, with which most networks were trained: for a checkpoint that tells no other. */
export const DEFAULT_PREPROCESSOR: PreprocessorConfig = {
	mean: [0.485, 0.456, 0.406],
	std: [0.229, 0.224, 0.225],
	rescaleFactor: 1 / 255,
};

type Triple = readonly [number, number, number];

/** One number for each channel. */
const triple = (min: number, max: number): Field<Triple> => ({
	allowed: `three numbers from ${min} to ${max}`,
	accepts: (value): value is Triple =>
		Array.isArray(value) && value.length === 3 && value.every((channel) => isFrom(channel, min, max)),
});
const MEAN = triple(-1e6, 1e6);
const STD = triple(1e-6, 1e6);

const REMEDY = "Get the file from where the model came from, or delete it to use ImageNet's mean and deviation.";

const FIELDS = {
	do_rescale: flagField(true),
	rescale_factor: orElse(numberField(1e-6, 1e6), DEFAULT_PREPROCESSOR.rescaleFactor),
	do_normalize: flagField(true),
	image_mean: orElse(MEAN, undefined),
	image_std: orElse(STD, undefined),
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

/** timm's own preprocessing is a part of its `config.json`; it always rescales to 0 to 1. */
const TIMM_FIELDS = {
	mean: orElse(MEAN, DEFAULT_PREPROCESSOR.mean),
	std: orElse(STD, DEFAULT_PREPROCESSOR.std),
};

/**
 * The preprocessing of a checkpoint without `preprocessor_config.json`: what timm's `config.json` says, else ImageNet's.
 *
 * @param text the content of `config.json`.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is allowed.
 */
export function preprocessorOfConfig(text: string, file: string): PreprocessorConfig {
	const { pretrained_cfg: given } = parseJsonObject(text, file);
	if (given === undefined) {
		return DEFAULT_PREPROCESSOR;
	}
	if (typeof given !== "object" || given === null || Array.isArray(given)) {
		rejectField(file, "pretrained_cfg", given, "must be an object", REMEDY);
	}
	const { mean, std } = checkFields(TIMM_FIELDS, given as ConfigFields, file, REMEDY);
	return { ...DEFAULT_PREPROCESSOR, mean, std };
}
