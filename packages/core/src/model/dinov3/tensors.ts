import { type Dinov3Config, PROJECTIONS } from "../checkpoint.ts";
import { linearTensors, normTensors, type RequiredTensor } from "../required-tensors.ts";
import { CLASS_TOKEN, type OtherNames, REGISTER_TOKENS } from "../tensor-names.ts";

/** Names of tensors in transformers' `DINOv3ViTModel`; of a linear layer or a norm without `.weight` and `.bias`. */
export const PATCH_PROJECTION = "embeddings.patch_embeddings";
export const FINAL_NORM = "norm";
/** The same inside a block. */
export const PROJECTION_NAMES = {
	query: "attention.q_proj",
	key: "attention.k_proj",
	value: "attention.v_proj",
} as const;
export const ATTENTION_OUTPUT = "attention.o_proj";
export const GATE = "mlp.gate_proj";
export const UP = "mlp.up_proj";
export const DOWN = "mlp.down_proj";

/** The prefix of the tensors of one block. */
export function blockPrefix(block: number): string {
	return `layer.${block}`;
}

/**
 * The names of timm's `Eva`, as which it has DINOv3.
 *
 * Source: huggingface/pytorch-image-models, timm/models/eva.py.
 */
export const TIMM_NAMES: OtherNames = {
	outside: new Map([
		["cls_token", CLASS_TOKEN],
		["reg_token", REGISTER_TOKENS],
		["patch_embed.proj.weight", `${PATCH_PROJECTION}.weight`],
		["patch_embed.proj.bias", `${PATCH_PROJECTION}.bias`],
		["norm.weight", `${FINAL_NORM}.weight`],
		["norm.bias", `${FINAL_NORM}.bias`],
	]),
	layers: new Map([
		["norm1", "norm1"],
		["norm2", "norm2"],
		["attn.proj", ATTENTION_OUTPUT],
		["mlp.fc1", UP],
		["mlp.fc1_x", UP],
		["mlp.fc1_g", GATE],
		["mlp.fc2", DOWN],
	]),
	tensors: new Map([
		["attn.q_bias", `${PROJECTION_NAMES.query}.bias`],
		["attn.v_bias", `${PROJECTION_NAMES.value}.bias`],
		["gamma_1", "layer_scale1.lambda1"],
		["gamma_2", "layer_scale2.lambda1"],
	]),
	stacked: "attn.qkv",
	thirds: PROJECTION_NAMES,
	block: blockPrefix,
};

/** Source: huggingface/transformers, models/dinov3_vit/modeling_dinov3_vit.py. */
export function requiredTensors(config: Dinov3Config): readonly RequiredTensor[] {
	const { hiddenSize, patchSize, registers, layers } = config;
	return [
		{ name: CLASS_TOKEN, shape: [1, 1, hiddenSize] },
		...(registers > 0 ? [{ name: REGISTER_TOKENS, shape: [1, registers, hiddenSize] }] : []),
		{ name: `${PATCH_PROJECTION}.weight`, shape: [hiddenSize, 3, patchSize, patchSize] },
		{ name: `${PATCH_PROJECTION}.bias`, shape: [hiddenSize] },
		...normTensors(FINAL_NORM, hiddenSize),
		...Array.from({ length: layers }, (_, block) => blockTensors(blockPrefix(block), config)).flat(),
	];
}

function blockTensors(prefix: string, { hiddenSize, mlp, mlpSize, biases }: Dinov3Config): RequiredTensor[] {
	return [
		...normTensors(`${prefix}.norm1`, hiddenSize),
		...PROJECTIONS.flatMap((part) =>
			linearTensors(`${prefix}.${PROJECTION_NAMES[part]}`, hiddenSize, hiddenSize, biases[part]),
		),
		...linearTensors(`${prefix}.${ATTENTION_OUTPUT}`, hiddenSize, hiddenSize),
		{ name: `${prefix}.layer_scale1.lambda1`, shape: [hiddenSize] },
		...normTensors(`${prefix}.norm2`, hiddenSize),
		...(mlp === "swiglu" ? linearTensors(`${prefix}.${GATE}`, mlpSize, hiddenSize) : []),
		...linearTensors(`${prefix}.${UP}`, mlpSize, hiddenSize),
		...linearTensors(`${prefix}.${DOWN}`, hiddenSize, mlpSize),
		{ name: `${prefix}.layer_scale2.lambda1`, shape: [hiddenSize] },
	];
}
