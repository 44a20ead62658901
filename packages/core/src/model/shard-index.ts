import { DinosegError } from "../errors/index.ts";
import { parseJsonObject, rejectField } from "./config-fields.ts";
import { describeValue } from "./describe-value.ts";
import { findDuplicateKey } from "./json-duplicates.ts";
import type { SafetensorsEntry } from "./safetensors.ts";

/** What `model.safetensors.index.json` says: in which of several files each tensor lies. */
export interface ShardIndex {
	/** Names of the files, beside the index, in the order in which it mentions them. */
	readonly files: readonly string[];
	/** Name of a tensor to name of its file. */
	readonly weights: ReadonlyMap<string, string>;
}

/** A tensor and the file that it lies in. */
export interface LocatedEntry extends SafetensorsEntry {
	/** Path relative to the folder of the checkpoint's files. Default: the one file of the checkpoint. */
	readonly file?: string;
}

/** The giant has two; a list of thousands would open as many files. */
const MAX_FILES = 256;
const LONGEST_NAME = 255;
const REMEDY = "Get the file again from where the model came from.";

/**
 * Read the index of a checkpoint in several files.
 *
 * Every name is checked before it is used: a file lies beside the index and is a safetensors file.
 *
 * Source: huggingface/transformers, utils/hub.py, get_checkpoint_shard_files.
 *
 * @param text the file's content.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID
 */
export function parseShardIndex(text: string, file: string): ShardIndex {
	const { weight_map: map } = parseJsonObject(text, file);
	if (typeof map !== "object" || map === null || Array.isArray(map)) {
		rejectField(file, "weight_map", map, "must be an object of tensor names and file names", REMEDY);
	}
	const duplicate = findDuplicateKey(text);
	if (duplicate !== undefined) {
		throw new DinosegError(
			"MODEL_CONFIG_INVALID",
			`${file}: has the key ${describeValue(duplicate)} twice in one object. ${REMEDY}`,
			{ details: { file, field: duplicate } },
		);
	}
	const weights = new Map<string, string>();
	for (const [tensor, name] of Object.entries(map as Readonly<Record<string, unknown>>)) {
		if (typeof name !== "string" || !isPlainName(name)) {
			const must = `names for tensor ${describeValue(tensor)} must be a .safetensors file beside the index`;
			rejectField(file, "weight_map", name, must, REMEDY);
		}
		weights.set(tensor, name);
	}
	const files = [...new Set(weights.values())];
	if (files.length === 0 || files.length > MAX_FILES) {
		rejectField(file, "weight_map", files.length, `must name 1 to ${MAX_FILES} files`, REMEDY);
	}
	return { files, weights };
}

function isPlainName(name: string): boolean {
	// Path separators and a drive's colon would leave the folder; control characters only mislead.
	return /^[^/\\:\p{Cc}]+\.safetensors$/u.test(name) && name.length <= LONGEST_NAME;
}

/**
 * The tensors of all files of a checkpoint, each from the file that the index names.
 *
 * @param shards what the header of every file of the index declares, by the file's name there.
 * @param file   name of the index for messages.
 * @throws DinosegError MODEL_TENSOR_INVALID if a tensor is not where the index says, or in two files.
 */
export function mergeShards(
	index: ShardIndex,
	shards: ReadonlyMap<string, ReadonlyMap<string, LocatedEntry>>,
	file: string,
): ReadonlyMap<string, LocatedEntry> {
	for (const [name, entries] of shards) {
		for (const tensor of entries.keys()) {
			const listed = index.weights.get(tensor);
			if (listed !== undefined && listed !== name && shards.get(listed)?.has(tensor) === true) {
				rejectTensor(file, tensor, `is both in ${name} and in ${listed}`);
			}
		}
	}
	const merged = new Map<string, LocatedEntry>();
	for (const [tensor, name] of index.weights) {
		const entry = shards.get(name)?.get(tensor);
		if (entry === undefined) {
			rejectTensor(file, tensor, `is not in ${name}, where the index says`);
		}
		merged.set(tensor, entry);
	}
	return merged;
}

function rejectTensor(file: string, tensor: string, problem: string): never {
	throw new DinosegError(
		"MODEL_TENSOR_INVALID",
		`${file}: tensor ${describeValue(tensor)} ${problem}. The files do not belong together: get all of them again.`,
		{ details: { file, tensor } },
	);
}
