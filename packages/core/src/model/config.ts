import type { ModelConfig } from "./checkpoint.ts";
import {
	checkFields,
	fixedField,
	flagField,
	integerField,
	numberField,
	orElse,
	parseJsonObject,
	rejectField,
} from "./config-fields.ts";
import { checkFamily, SUPPORTED } from "./family.ts";

/** Absent fields that have a default take the one of transformers' `Dinov2Config`; sizes must be there. */
const FIELDS = {
	hidden_size: integerField(1, 8192),
	num_hidden_layers: integerField(1, 256),
	num_attention_heads: integerField(1, 256),
	mlp_ratio: orElse(numberField(1, 64), 4),
	patch_size: integerField(1, 256),
	image_size: integerField(1, 16384),
	num_channels: fixedField(3, "3: only RGB networks are supported"),
	layer_norm_eps: orElse(numberField(1e-12, 0.1), 1e-6),
	qkv_bias: flagField(true),
	use_swiglu_ffn: flagField(false),
};

/** SwiGLU has an activation of its own and does not look at this field. */
const GELU_FIELDS = { hidden_act: fixedField("gelu", '"gelu" (the exact one, with erf)') };

/** Registers of a network that says it has some, where it does not say how many. */
const DEFAULT_REGISTERS = 4;
const MAX_REGISTERS = 64;
/** Values of a position table; those of the largest DINOv2 are 2.1 million. */
const MAX_POSITION_VALUES = 2 ** 26;

/**
 * The fields of a Hugging Face `config.json` that decide the computation.
 *
 * Source: huggingface/transformers, models/dinov2/configuration_dinov2.py and
 * models/dinov2_with_registers/configuration_dinov2_with_registers.py.
 *
 * @param text the file's content.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is supported.
 */
export function parseModelConfig(text: string, file: string): ModelConfig {
	const raw = parseJsonObject(text, file);
	const family = checkFamily(raw, file);
	const fields = checkFields(FIELDS, raw, file, SUPPORTED);
	const mlp = fields.use_swiglu_ffn ? "swiglu" : "gelu";
	if (mlp === "gelu") {
		checkFields(GELU_FIELDS, raw, file, SUPPORTED);
	}
	const num_register_tokens =
		family === "dinov2"
			? orElse(integerField(0, MAX_REGISTERS), 0)
			: orElse(integerField(1, MAX_REGISTERS), DEFAULT_REGISTERS);
	const { num_register_tokens: registers } = checkFields({ num_register_tokens }, raw, file, SUPPORTED);
	if (fields.hidden_size % fields.num_attention_heads !== 0) {
		const must = `must be a multiple of num_attention_heads = ${fields.num_attention_heads}`;
		rejectField(file, "hidden_size", fields.hidden_size, must, SUPPORTED);
	}
	if (fields.image_size < fields.patch_size) {
		const must = `must be at least patch_size = ${fields.patch_size}`;
		rejectField(file, "image_size", fields.image_size, must, SUPPORTED);
	}
	const side = Math.floor(fields.image_size / fields.patch_size);
	if (side * side * fields.hidden_size > MAX_POSITION_VALUES) {
		const must = `must give at most ${MAX_POSITION_VALUES} values of position with this patch_size and hidden_size`;
		rejectField(file, "image_size", fields.image_size, must, SUPPORTED);
	}
	const width = Math.floor(fields.hidden_size * fields.mlp_ratio);
	return {
		hiddenSize: fields.hidden_size,
		layers: fields.num_hidden_layers,
		heads: fields.num_attention_heads,
		mlp,
		mlpSize: mlp === "swiglu" ? gatedWidth(width) : width,
		registers,
		patchSize: fields.patch_size,
		imageSize: fields.image_size,
		layerNormEps: fields.layer_norm_eps,
		qkvBias: fields.qkv_bias,
	};
}

/** Two thirds, because a gated layer has three matrices in place of two, rounded up to a multiple of 8. */
function gatedWidth(width: number): number {
	return Math.floor((Math.floor((width * 2) / 3) + 7) / 8) * 8;
}
