import { z } from "zod";
import type { ModelConfig } from "./checkpoint.ts";
import {
	type ConfigFields,
	checkFields,
	integerField,
	numberField,
	parseJsonObject,
	rejectField,
} from "./config-fields.ts";

const SUPPORTED =
	'Supported are DINOv2 networks without register tokens and with a GELU MLP (model_type "dinov2"), ' +
	"as facebook/dinov2-small, -base and -large.";

const flag = (value: boolean) => z.boolean("true or false").default(value);

/** Absent fields that have a default take the one of transformers' `Dinov2Config`; sizes must be there. */
const SCHEMA = z.object({
	hidden_size: integerField(1, 8192),
	num_hidden_layers: integerField(1, 256),
	num_attention_heads: integerField(1, 256),
	mlp_ratio: numberField(1, 64).default(4),
	patch_size: integerField(1, 256),
	image_size: integerField(1, 16384),
	num_channels: z.literal(3, "3: only RGB networks are supported").default(3),
	layer_norm_eps: numberField(1e-12, 0.1).default(1e-6),
	qkv_bias: flag(true),
	hidden_act: z.literal("gelu", '"gelu" (the exact one, with erf)').default("gelu"),
	use_swiglu_ffn: z.literal(false, "false").default(false),
	num_register_tokens: z.literal(0, "0 or absent").default(0),
});

/**
 * The fields of a Hugging Face `config.json` that decide the computation.
 *
 * @param text the file's content.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is supported.
 */
export function parseModelConfig(text: string, file: string): ModelConfig {
	const raw = parseJsonObject(text, file);
	checkFamily(raw, file);
	const fields = checkFields(SCHEMA, raw, file, SUPPORTED);
	if (fields.hidden_size % fields.num_attention_heads !== 0) {
		const must = `must be a multiple of num_attention_heads = ${fields.num_attention_heads}`;
		rejectField(file, "hidden_size", fields.hidden_size, must, SUPPORTED);
	}
	if (fields.image_size < fields.patch_size) {
		const must = `must be at least patch_size = ${fields.patch_size}`;
		rejectField(file, "image_size", fields.image_size, must, SUPPORTED);
	}
	return {
		hiddenSize: fields.hidden_size,
		layers: fields.num_hidden_layers,
		heads: fields.num_attention_heads,
		mlpSize: Math.floor(fields.hidden_size * fields.mlp_ratio),
		patchSize: fields.patch_size,
		imageSize: fields.image_size,
		layerNormEps: fields.layer_norm_eps,
		qkvBias: fields.qkv_bias,
	};
}

function checkFamily(fields: ConfigFields, file: string): void {
	const { model_type: family } = fields as { readonly model_type?: unknown };
	if (family === "dinov2_with_registers") {
		rejectField(file, "model_type", family, "must name a network without register tokens", SUPPORTED);
	}
	if (family !== "dinov2") {
		rejectField(file, "model_type", family, 'must be "dinov2", not another family of networks', SUPPORTED);
	}
}
