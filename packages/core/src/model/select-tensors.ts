import { DinosegError, type ErrorDetails } from "../errors/index.ts";
import type { ModelConfig, TensorDtype, TensorEntry } from "./checkpoint.ts";
import { describeValue } from "./describe-value.ts";
import { familyOf, requiredTensors } from "./families.ts";
import { familyOfTensors, SUPPORTED } from "./other-families.ts";
import type { LocatedEntry } from "./shard-index.ts";
import { REGISTER_TOKENS } from "./tensor-names.ts";
import { DTYPE_BYTES } from "./tensor-values.ts";

/**
 * The tensors that the network needs, found in a checkpoint. Others, such as `embeddings.mask_token`, are left out.
 *
 * @param entries what the headers of the checkpoint's files declare, under any names that the family is stored with.
 * @param file    name for messages; also {@link TensorEntry.file} of entries that name none.
 * @throws DinosegError MODEL_TENSOR_INVALID naming the tensor, what was expected and what came.
 */
export function selectTensors(
	config: ModelConfig,
	entries: ReadonlyMap<string, LocatedEntry>,
	file: string,
): ReadonlyMap<string, TensorEntry> {
	const named = familyOf(config).nameTensors(entries, file);
	if (config.registers === 0 && named.has(REGISTER_TOKENS)) {
		const problem = "is there, but config.json has no num_register_tokens";
		reject(file, REGISTER_TOKENS, `${problem}. Take the config.json of this very model.`, {});
	}
	const selected = new Map<string, TensorEntry>();
	for (const { name, shape } of requiredTensors(config)) {
		const entry = named.get(name) ?? rejectMissing(name, shape, entries, config, file);
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
	config: ModelConfig,
	file: string,
): never {
	const family = familyOfTensors(entries.keys(), config.family);
	const remedy =
		family === undefined
			? "The file holds another network than config.json says, or only a part of it."
			: `By its tensors the file holds ${family}, whatever config.json says. ${SUPPORTED}`;
	reject(file, name, `${describeValue(shape)} is missing. ${remedy}`, { expected: shape });
}
