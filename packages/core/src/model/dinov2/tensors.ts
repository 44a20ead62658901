import { type Checkpoint, type Dinov2Config, PROJECTIONS, type TensorEntry } from "../checkpoint.ts";
import { checkpointTensor } from "../checkpoint-tensor.ts";
import { linearTensors, normTensors, type RequiredTensor } from "../required-tensors.ts";
import { CLASS_TOKEN, type OtherNames, REGISTER_TOKENS } from "../tensor-names.ts";
import { DTYPE_BYTES } from "../tensor-values.ts";

/** Names of tensors in transformers' `Dinov2Model`; of a linear layer or a norm without `.weight` and `.bias`. */
const POSITION_TABLE = "embeddings.position_embeddings";
export const PATCH_PROJECTION = "embeddings.patch_embeddings.projection";
export const FINAL_NORM = "layernorm";
/** The same inside a block. */
export const PROJECTION_NAMES = {
	query: "attention.attention.query",
	key: "attention.attention.key",
	value: "attention.attention.value",
} as const;
export const ATTENTION_OUTPUT = "attention.output.dense";

/** The prefix of the tensors of one block. */
export function blockPrefix(block: number): string {
	return `encoder.layer.${block}`;
}

/**
 * The names of facebookresearch/dinov2.
 *
 * Source: huggingface/transformers, models/dinov2/convert_dinov2_to_hf.py.
 */
export const ORIGINAL_NAMES: OtherNames = {
	outside: new Map([
		["cls_token", CLASS_TOKEN],
		["pos_embed", POSITION_TABLE],
		["register_tokens", REGISTER_TOKENS],
		["patch_embed.proj.weight", `${PATCH_PROJECTION}.weight`],
		["patch_embed.proj.bias", `${PATCH_PROJECTION}.bias`],
		["norm.weight", `${FINAL_NORM}.weight`],
		["norm.bias", `${FINAL_NORM}.bias`],
	]),
	layers: new Map([
		["norm1", "norm1"],
		["norm2", "norm2"],
		["attn.proj", ATTENTION_OUTPUT],
		["mlp.fc1", "mlp.fc1"],
		["mlp.fc2", "mlp.fc2"],
		["mlp.w12", "mlp.weights_in"],
		["mlp.w3", "mlp.weights_out"],
	]),
	tensors: new Map([
		["ls1.gamma", "layer_scale1.lambda1"],
		["ls2.gamma", "layer_scale2.lambda1"],
	]),
	stacked: "attn.qkv",
	thirds: PROJECTION_NAMES,
	block: blockPrefix,
};

/** Side of the position table's grid, patches. */
export function positionTableSide(config: Dinov2Config): number {
	return Math.floor(config.imageSize / config.patchSize);
}

/**
 * Source: huggingface/transformers, models/dinov2/modeling_dinov2.py and
 * models/dinov2_with_registers/modeling_dinov2_with_registers.py.
 */
export function requiredTensors(config: Dinov2Config): readonly RequiredTensor[] {
	const { hiddenSize, patchSize, registers } = config;
	const positions = 1 + positionTableSide(config) ** 2;
	const tensors: RequiredTensor[] = [
		{ name: CLASS_TOKEN, shape: [1, 1, hiddenSize] },
		{ name: POSITION_TABLE, shape: [1, positions, hiddenSize] },
		{ name: `${PATCH_PROJECTION}.weight`, shape: [hiddenSize, 3, patchSize, patchSize] },
		{ name: `${PATCH_PROJECTION}.bias`, shape: [hiddenSize] },
		...normTensors(FINAL_NORM, hiddenSize),
	];
	if (registers > 0) {
		tensors.push({ name: REGISTER_TOKENS, shape: [1, registers, hiddenSize] });
	}
	for (let block = 0; block < config.layers; block++) {
		tensors.push(...blockTensors(blockPrefix(block), config));
	}
	return tensors;
}

function blockTensors(prefix: string, config: Dinov2Config): RequiredTensor[] {
	const { hiddenSize, biases } = config;
	return [
		...normTensors(`${prefix}.norm1`, hiddenSize),
		...PROJECTIONS.flatMap((part) =>
			linearTensors(`${prefix}.${PROJECTION_NAMES[part]}`, hiddenSize, hiddenSize, biases[part]),
		),
		...linearTensors(`${prefix}.${ATTENTION_OUTPUT}`, hiddenSize, hiddenSize),
		{ name: `${prefix}.layer_scale1.lambda1`, shape: [hiddenSize] },
		...normTensors(`${prefix}.norm2`, hiddenSize),
		...feedForwardTensors(`${prefix}.mlp`, config),
		{ name: `${prefix}.layer_scale2.lambda1`, shape: [hiddenSize] },
	];
}

function feedForwardTensors(prefix: string, { hiddenSize, mlp, mlpSize }: Dinov2Config): RequiredTensor[] {
	if (mlp === "swiglu") {
		return [
			...linearTensors(`${prefix}.weights_in`, 2 * mlpSize, hiddenSize),
			...linearTensors(`${prefix}.weights_out`, hiddenSize, mlpSize),
		];
	}
	return [
		...linearTensors(`${prefix}.fc1`, mlpSize, hiddenSize),
		...linearTensors(`${prefix}.fc2`, hiddenSize, mlpSize),
	];
}

/** The class token's row of the position table, (1, 1, hidden): where in the file it lies. */
export function classPositionEntry(checkpoint: Checkpoint<Dinov2Config>): TensorEntry {
	return positionRows(checkpoint, 0, [1, 1, checkpoint.config.hiddenSize]);
}

/** The patches' rows of the position table, (side * side, hidden): where in the file they lie. */
export function patchPositionsEntry(checkpoint: Checkpoint<Dinov2Config>): TensorEntry {
	return positionRows(checkpoint, 1, [positionTableSide(checkpoint.config) ** 2, checkpoint.config.hiddenSize]);
}

function positionRows(checkpoint: Checkpoint<Dinov2Config>, first: number, shape: readonly number[]): TensorEntry {
	const table = checkpointTensor(checkpoint, POSITION_TABLE);
	const bytes = DTYPE_BYTES[table.dtype];
	return {
		...table,
		shape,
		offset: table.offset + first * checkpoint.config.hiddenSize * bytes,
		length: shape.reduce((product, size) => product * size, bytes),
	};
}
