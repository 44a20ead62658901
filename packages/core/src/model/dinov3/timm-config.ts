import { type ConfigFields, checkFields, flagField, orElse, rejectField } from "../config-fields.ts";
import { SUPPORTED } from "../other-families.ts";
import { HEADS, HIDDEN_SIZE, LAYERS, MLP_RATIO, PATCH_SIZE, REGISTERS, ROPE_THETA } from "../vit-fields.ts";

/** The networks that timm has, by the part of their architecture's name that tells the size. */
const SIZES = new Map([
	["small", { width: 384, depth: 12, heads: 6, gated: false }],
	["small_plus", { width: 384, depth: 12, heads: 6, gated: true }],
	["base", { width: 768, depth: 12, heads: 12, gated: false }],
	["large", { width: 1024, depth: 24, heads: 16, gated: false }],
	["huge_plus", { width: 1280, depth: 32, heads: 20, gated: true }],
]);

/** `vit_small_plus_patch16_dinov3`; with `_qkvb` where query and value have a bias. */
const ARCHITECTURE = /^vit_(\w+)_patch16_dinov3(_qkvb)?$/;

/** Arguments that change no token of a picture. */
const WITHOUT_EFFECT = new Set(["img_size", "dynamic_img_size", "dynamic_img_pad", "num_classes", "global_pool"]);

/** Units of a gated layer come in multiples of this. */
const GATED_UNIT = 8;

/** Whether a `config.json` is timm's of a DINOv3 ViT. */
export function isTimmConfig({ model_type: type, architecture }: ConfigFields): boolean {
	return type === undefined && typeof architecture === "string" && ARCHITECTURE.test(architecture);
}

/**
 * What timm's `config.json` says, in the fields of transformers: the architecture's name gives the sizes, and
 * `model_args`, where it is there, other ones.
 *
 * Source: huggingface/pytorch-image-models, timm/models/eva.py and timm/models/_hub.py.
 *
 * @throws DinosegError MODEL_CONFIG_INVALID
 */
export function fieldsOfTimm(raw: ConfigFields, file: string): ConfigFields {
	const { architecture, model_args: args = {} } = raw;
	const [, name = "", withBias] = ARCHITECTURE.exec(architecture as string) ?? [];
	const size = SIZES.get(name);
	if (size === undefined) {
		const names = [...SIZES.keys()].join(", ");
		rejectField(file, "architecture", architecture, `must be a DINOv3 ViT of the size ${names}`, SUPPORTED);
	}
	if (typeof args !== "object" || args === null || Array.isArray(args)) {
		rejectField(file, "model_args", args, "must be an object", SUPPORTED);
	}
	const expected = {
		embed_dim: orElse(HIDDEN_SIZE, size.width),
		depth: orElse(LAYERS, size.depth),
		num_heads: orElse(HEADS, size.heads),
		mlp_ratio: orElse(MLP_RATIO, 4),
		patch_size: orElse(PATCH_SIZE, 16),
		num_reg_tokens: orElse(REGISTERS, 4),
		qkv_bias: flagField(withBias !== undefined),
		swiglu_mlp: flagField(size.gated),
		rope_temperature: orElse(ROPE_THETA, 100),
	};
	for (const [key, value] of Object.entries(args)) {
		if (!Object.hasOwn(expected, key) && !WITHOUT_EFFECT.has(key)) {
			rejectField(file, `model_args.${key}`, value, "must not be there: it is not understood", SUPPORTED);
		}
	}
	const fields = checkFields(expected, args as ConfigFields, file, SUPPORTED);
	const units = Math.floor(fields.embed_dim * fields.mlp_ratio);
	return {
		hidden_size: fields.embed_dim,
		intermediate_size: fields.swiglu_mlp ? Math.ceil(units / GATED_UNIT) * GATED_UNIT : units,
		num_hidden_layers: fields.depth,
		num_attention_heads: fields.num_heads,
		patch_size: fields.patch_size,
		num_register_tokens: fields.num_reg_tokens,
		rope_theta: fields.rope_temperature,
		use_gated_mlp: fields.swiglu_mlp,
		hidden_act: fields.swiglu_mlp ? "silu" : "gelu",
		query_bias: fields.qkv_bias,
		value_bias: fields.qkv_bias,
	};
}
