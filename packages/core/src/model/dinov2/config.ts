import type { Dinov2Config } from "../checkpoint.ts";
import {
	type ConfigFields,
	checkFields,
	fixedField,
	flagField,
	integerField,
	numberField,
	orElse,
	rejectField,
} from "../config-fields.ts";
import { SUPPORTED } from "../other-families.ts";
import {
	checkHeads,
	HEADS,
	HIDDEN_SIZE,
	LAYERS,
	MAX_REGISTERS,
	MLP_RATIO,
	PATCH_SIZE,
	REGISTERS,
} from "../vit-fields.ts";

/** Absent fields that have a default take the one of transformers' `Dinov2Config`; sizes must be there. */
const FIELDS = {
	hidden_size: HIDDEN_SIZE,
	num_hidden_layers: LAYERS,
	num_attention_heads: HEADS,
	mlp_ratio: orElse(MLP_RATIO, 4),
	patch_size: PATCH_SIZE,
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
/** Values of a position table; those of the largest DINOv2 are 2.1 million. */
const MAX_POSITION_VALUES = 2 ** 26;

/**
 * The fields of a Hugging Face `config.json` of a DINOv2 that decide the computation.
 *
 * Source: huggingface/transformers, models/dinov2/configuration_dinov2.py and
 * models/dinov2_with_registers/configuration_dinov2_with_registers.py.
 *
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is supported.
 */
export function parseDinov2Config(raw: ConfigFields, file: string): Dinov2Config {
	const fields = checkFields(FIELDS, raw, file, SUPPORTED);
	const mlp = fields.use_swiglu_ffn ? "swiglu" : "gelu";
	if (mlp === "gelu") {
		checkFields(GELU_FIELDS, raw, file, SUPPORTED);
	}
	const num_register_tokens =
		raw["model_type"] === "dinov2" ? orElse(REGISTERS, 0) : orElse(integerField(1, MAX_REGISTERS), DEFAULT_REGISTERS);
	const { num_register_tokens: registers } = checkFields({ num_register_tokens }, raw, file, SUPPORTED);
	checkHeads(fields, 1, file);
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
		family: "dinov2",
		hiddenSize: fields.hidden_size,
		layers: fields.num_hidden_layers,
		heads: fields.num_attention_heads,
		mlp,
		mlpSize: mlp === "swiglu" ? gatedWidth(width) : width,
		registers,
		patchSize: fields.patch_size,
		imageSize: fields.image_size,
		layerNormEps: fields.layer_norm_eps,
		biases: { query: fields.qkv_bias, key: fields.qkv_bias, value: fields.qkv_bias },
	};
}

/** Two thirds, because a gated layer has three matrices in place of two, rounded up to a multiple of 8. */
function gatedWidth(width: number): number {
	return Math.floor((Math.floor((width * 2) / 3) + 7) / 8) * 8;
}
