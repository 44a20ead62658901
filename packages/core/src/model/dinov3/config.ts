import type { Dinov3Config } from "../checkpoint.ts";
import {
	type ConfigFields,
	checkFields,
	fixedField,
	flagField,
	integerField,
	numberField,
	orElse,
} from "../config-fields.ts";
import { SUPPORTED } from "../other-families.ts";
import { checkHeads, HEADS, HIDDEN_SIZE, LAYERS, PATCH_SIZE, REGISTERS, ROPE_THETA } from "../vit-fields.ts";
import { fieldsOfTimm, isTimmConfig } from "./timm-config.ts";

const ALWAYS_BIAS = {
	allowed: "true",
	accepts: (value: unknown): value is true => value === true,
	absent: true,
} as const;

/** Absent fields that have a default take the one of transformers' `DINOv3ViTConfig`; sizes must be there. */
const FIELDS = {
	hidden_size: HIDDEN_SIZE,
	intermediate_size: integerField(1, 65536),
	num_hidden_layers: LAYERS,
	num_attention_heads: HEADS,
	patch_size: orElse(PATCH_SIZE, 16),
	num_channels: fixedField(3, "3: only RGB networks are supported"),
	num_register_tokens: orElse(REGISTERS, 0),
	layer_norm_eps: orElse(numberField(1e-12, 0.1), 1e-5),
	rope_theta: orElse(ROPE_THETA, 100),
	use_gated_mlp: flagField(false),
	query_bias: flagField(true),
	key_bias: flagField(false),
	value_bias: flagField(true),
	proj_bias: ALWAYS_BIAS,
	mlp_bias: ALWAYS_BIAS,
};

/** A quarter of a head is turned by the row and a quarter by the column, each with the quarter half a head away. */
const HEAD_UNIT = 4;

const GELU_FIELDS = { hidden_act: fixedField("gelu", '"gelu" (the exact one, with erf) where use_gated_mlp is false') };
const GATED_FIELDS = {
	hidden_act: {
		allowed: '"silu" where use_gated_mlp is true',
		accepts: (value: unknown): value is "silu" => value === "silu",
	},
};

/** Whether a `config.json` is of a DINOv3 ViT. */
export function isDinov3Config(fields: ConfigFields): boolean {
	return fields["model_type"] === "dinov3_vit" || isTimmConfig(fields);
}

/**
 * The fields of a `config.json` of a DINOv3 ViT that decide the computation, in the layout of transformers or timm.
 *
 * Source: huggingface/transformers, models/dinov3_vit/configuration_dinov3_vit.py.
 *
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is supported.
 */
export function parseDinov3Config(raw: ConfigFields, file: string): Dinov3Config {
	const given = isTimmConfig(raw) ? fieldsOfTimm(raw, file) : raw;
	const fields = checkFields(FIELDS, given, file, SUPPORTED);
	checkFields(fields.use_gated_mlp ? GATED_FIELDS : GELU_FIELDS, given, file, SUPPORTED);
	checkHeads(fields, HEAD_UNIT, file);
	return {
		family: "dinov3",
		hiddenSize: fields.hidden_size,
		layers: fields.num_hidden_layers,
		heads: fields.num_attention_heads,
		mlp: fields.use_gated_mlp ? "swiglu" : "gelu",
		mlpSize: fields.intermediate_size,
		registers: fields.num_register_tokens,
		patchSize: fields.patch_size,
		layerNormEps: fields.layer_norm_eps,
		biases: { query: fields.query_bias, key: fields.key_bias, value: fields.value_bias },
		ropeTheta: fields.rope_theta,
	};
}
