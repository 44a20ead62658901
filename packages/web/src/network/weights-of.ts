import type { Checkpoint, TensorEntry } from "@dinoseg/core/model";
import { bytesOf, type LoadedCheckpoint } from "../model/load-checkpoint.ts";

/** A graph, and a file that holds no more than it needs. */
export interface SmallNetwork {
	readonly graph: Uint8Array;
	readonly weights: ReadonlyMap<string, Uint8Array>;
}

const FILE = "some.safetensors";

/**
 * Write the graph of a part of a model, and copy the weights that it reads: those of the whole need not be in memory.
 *
 * @param build writes the graph of a checkpoint; called twice, the first time to see what it reads.
 */
export async function weightsOf(
	{ weights, tables: _, ...checkpoint }: LoadedCheckpoint,
	build: (checkpoint: Checkpoint) => Uint8Array,
): Promise<SmallNetwork> {
	const read = new Map<string, TensorEntry>();
	const seen = new Map(checkpoint.tensors);
	seen.get = (name) => {
		const entry = checkpoint.tensors.get(name);
		if (entry) {
			read.set(name, entry);
		}
		return entry;
	};
	build({ ...checkpoint, tensors: seen });
	const length = [...read.values()].reduce((sum, entry) => sum + entry.length, 0);
	const bytes = new Uint8Array(length);
	const moved = new Map<string, TensorEntry>();
	let offset = 0;
	for (const [name, entry] of read) {
		bytes.set(await bytesOf(weights.get(entry.file) as Blob, entry.offset, entry.length), offset);
		moved.set(name, { ...entry, file: FILE, offset });
		offset += entry.length;
	}
	return { graph: build({ ...checkpoint, tensors: moved }), weights: new Map([[FILE, bytes]]) };
}
