import type { Checkpoint, QuantisedWeights } from "@dinoseg/core/model";
import { layOutQuantisedFile, quantisedBytes } from "@dinoseg/core/model";
import { bytesOf, type LoadedCheckpoint } from "../model/load-checkpoint.ts";

/** A checkpoint whose linear layers are computed in 8 bits. */
export interface QuantisedCheckpoint {
	readonly checkpoint: Checkpoint;
	/** The third argument of `buildNetworkGraph`. */
	readonly quantised: QuantisedWeights;
	readonly weights: ReadonlyMap<string, Uint8Array>;
}

const FILE = "int8.safetensors";

/**
 * The 8-bit form of a checkpoint, in memory: the same bytes as on disk.
 *
 * @throws DinosegError MODEL_TENSOR_INVALID if a weight is not finite.
 */
export async function quantiseWeights(loaded: LoadedCheckpoint): Promise<QuantisedCheckpoint> {
	const layout = layOutQuantisedFile(loaded, { file: FILE, digest: loaded.digest });
	const file = new Uint8Array(layout.size);
	const header = layout.header("0".repeat(64));
	file.set(header);
	let offset = header.length;
	const read = (name: string, start: number, length: number) =>
		bytesOf(loaded.weights.get(name) as Blob, start, length);
	for await (const bytes of quantisedBytes(layout, read)) {
		file.set(bytes, offset);
		offset += bytes.length;
	}
	return {
		checkpoint: { ...loaded, tensors: layout.tensors },
		quantised: layout.weights,
		weights: new Map([[FILE, file]]),
	};
}
