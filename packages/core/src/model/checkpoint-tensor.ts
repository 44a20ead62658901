import { DinosegError } from "../errors/index.ts";
import type { Checkpoint, TensorEntry } from "./checkpoint.ts";
import { DTYPE_BYTES } from "./tensor-values.ts";

/**
 * A tensor of a checked checkpoint.
 *
 * @throws DinosegError MODEL_TENSOR_INVALID if the checkpoint was not made with `selectTensors`.
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
