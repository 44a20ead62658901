import { DinosegError, type ErrorDetails } from "../errors/index.ts";
import type { Checkpoint, ModelConfig, TensorDtype, TensorEntry } from "./checkpoint.ts";
import { describeValue } from "./describe-value.ts";
import { familyOfTensors, SUPPORTED } from "./family.ts";
import type { LocatedEntry } from "./shard-index.ts";
import {
	CLASS_TOKEN,
	FINAL_NORM,
	layerPrefix,
	PATCH_PROJECTION,
	POSITION_TABLE,
	REGISTER_TOKENS,
	transformersNames,
} from "./tensor-names.ts";
import { DTYPE_BYTES } from "./tensor-values.ts";

/** A tensor that the architecture needs, by its name in transformers' `Dinov2Model`. */
export interface RequiredTensor {
	readonly name: string;
	readonly shape: readonly number[];
}

/** Side of the position table's grid, patches. */
export function positionTableSide(config: ModelConfig): number {
	return Math.floor(config.imageSize / config.patchSize);
}

/**
 * Every tensor that the network reads, with its shape. A weight is (out, in), as torch's `Linear` holds it.
 *
 * Source: huggingface/transformers, models/dinov2/modeling_dinov2.py and
 * models/dinov2_with_registers/modeling_dinov2_with_registers.py.
 */
export function requiredTensors(config: ModelConfig): readonly RequiredTensor[] {
	const { hiddenSize, patchSize, registers } = config;
	const positions = 1 + positionTableSide(config) ** 2;
	const tensors: RequiredTensor[] = [
		{ name: CLASS_TOKEN, shape: [1, 1, hiddenSize] },
		{ name: POSITION_TABLE, shape: [1, positions, hiddenSize] },
		{ name: `${PATCH_PROJECTION}.weight`, shape: [hiddenSize, 3, patchSize, patchSize] },
		{ name: `${PATCH_PROJECTION}.bias`, shape: [hiddenSize] },
		...normTensors(FINAL_NORM, config),
	];
	if (registers > 0) {
		tensors.push({ name: REGISTER_TOKENS, shape: [1, registers, hiddenSize] });
	}
	for (let layer = 0; layer < config.layers; layer++) {
		tensors.push(...layerTensors(layerPrefix(layer), config));
	}
	return tensors;
}

function layerTensors(prefix: string, config: ModelConfig): RequiredTensor[] {
	const { hiddenSize } = config;
	return [
		...normTensors(`${prefix}.norm1`, config),
		...["query", "key", "value"].flatMap((part) =>
			linearTensors(`${prefix}.attention.attention.${part}`, hiddenSize, hiddenSize, config.qkvBias),
		),
		...linearTensors(`${prefix}.attention.output.dense`, hiddenSize, hiddenSize),
		{ name: `${prefix}.layer_scale1.lambda1`, shape: [hiddenSize] },
		...normTensors(`${prefix}.norm2`, config),
		...mlpTensors(`${prefix}.mlp`, config),
		{ name: `${prefix}.layer_scale2.lambda1`, shape: [hiddenSize] },
	];
}

function mlpTensors(prefix: string, { hiddenSize, mlp, mlpSize }: ModelConfig): RequiredTensor[] {
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

function normTensors(prefix: string, { hiddenSize }: ModelConfig): RequiredTensor[] {
	return [
		{ name: `${prefix}.weight`, shape: [hiddenSize] },
		{ name: `${prefix}.bias`, shape: [hiddenSize] },
	];
}

function linearTensors(prefix: string, outputs: number, inputs: number, bias = true): RequiredTensor[] {
	const weight = { name: `${prefix}.weight`, shape: [outputs, inputs] };
	return bias ? [weight, { name: `${prefix}.bias`, shape: [outputs] }] : [weight];
}

/**
 * The tensors that the network needs, found in a checkpoint. Others, such as `embeddings.mask_token`, are left out.
 *
 * @param entries what the headers of the checkpoint's files declare, under the names of transformers or of the original
 *   code, see `transformersNames`.
 * @param file    name for messages; also {@link TensorEntry.file} of entries that name none.
 * @throws DinosegError MODEL_TENSOR_INVALID naming the tensor, what was expected and what came.
 */
export function selectTensors(
	config: ModelConfig,
	entries: ReadonlyMap<string, LocatedEntry>,
	file: string,
): ReadonlyMap<string, TensorEntry> {
	const named = transformersNames(entries, file);
	if (config.registers === 0 && named.has(REGISTER_TOKENS)) {
		const problem = "is there, but config.json has no num_register_tokens";
		reject(file, REGISTER_TOKENS, `${problem}. Take the config.json of this very model.`, {});
	}
	const selected = new Map<string, TensorEntry>();
	for (const { name, shape } of requiredTensors(config)) {
		const entry = named.get(name) ?? rejectMissing(name, shape, entries, file);
		const { dtype, offset, length } = entry;
		if (entry.shape.length !== shape.length || entry.shape.some((size, axis) => size !== shape[axis])) {
			const problem = `must be ${describeValue(shape)} by config.json, got ${describeValue(entry.shape)}.`;
			reject(file, name, `${problem} config.json and this file do not belong together.`, {
				expected: shape,
				actual: entry.shape,
			});
		}
		if (!isTensorDtype(dtype)) {
			const problem = `must be one of ${Object.keys(DTYPE_BYTES).join(", ")}, got ${dtype}.`;
			reject(file, name, `${problem} Take the model's original checkpoint, not a quantised one.`, { actual: dtype });
		}
		selected.set(name, { name, dtype, shape, file: entry.file ?? file, offset, length });
	}
	return selected;
}

function isTensorDtype(dtype: string): dtype is TensorDtype {
	return Object.hasOwn(DTYPE_BYTES, dtype);
}

function reject(file: string, tensor: string, problem: string, details: ErrorDetails): never {
	throw new DinosegError("MODEL_TENSOR_INVALID", `${file}: tensor ${tensor} ${problem}`, {
		details: { file, tensor, ...details },
	});
}

function rejectMissing(
	name: string,
	shape: readonly number[],
	entries: ReadonlyMap<string, LocatedEntry>,
	file: string,
): never {
	const family = familyOfTensors(entries.keys());
	const remedy =
		family === undefined
			? "The file holds another network than config.json says, or only a part of it."
			: `By its tensors the file holds ${family}, whatever config.json says. ${SUPPORTED}`;
	reject(file, name, `${describeValue(shape)} is missing. ${remedy}`, { expected: shape });
}

/**
 * A tensor of a checked checkpoint.
 *
 * @throws DinosegError MODEL_TENSOR_INVALID if the checkpoint was not made with {@link selectTensors}.
 */
export function checkpointTensor(checkpoint: Checkpoint, name: string): TensorEntry {
	const entry = checkpoint.tensors.get(name);
	if (entry === undefined) {
		throw new DinosegError("MODEL_TENSOR_INVALID", `checkpoint: tensor ${name} is missing. Use selectTensors.`, {
			details: { tensor: name },
		});
	}
	return entry;
}

/** Some rows of a tensor (its first axis): where in the file they lie. Named after their range. */
export function tensorRows(entry: TensorEntry, first: number, count: number): TensorEntry {
	const shape = [count, ...entry.shape.slice(1)];
	const rowBytes = shape.slice(1).reduce((product, size) => product * size, DTYPE_BYTES[entry.dtype]);
	return {
		...entry,
		name: `${entry.name}[${first}:${first + count}]`,
		shape,
		offset: entry.offset + first * rowBytes,
		length: count * rowBytes,
	};
}

/** The class token's row of the position table, (1, 1, hidden): where in the file it lies. */
export function classPositionEntry(checkpoint: Checkpoint): TensorEntry {
	return positionRows(checkpoint, 0, [1, 1, checkpoint.config.hiddenSize]);
}

/** The patches' rows of the position table, (side * side, hidden): where in the file they lie. */
export function patchPositionsEntry(checkpoint: Checkpoint): TensorEntry {
	return positionRows(checkpoint, 1, [positionTableSide(checkpoint.config) ** 2, checkpoint.config.hiddenSize]);
}

function positionRows(checkpoint: Checkpoint, first: number, shape: readonly number[]): TensorEntry {
	const table = checkpointTensor(checkpoint, POSITION_TABLE);
	const bytes = DTYPE_BYTES[table.dtype];
	return {
		...table,
		shape,
		offset: table.offset + first * checkpoint.config.hiddenSize * bytes,
		length: shape.reduce((product, size) => product * size, bytes),
	};
}
