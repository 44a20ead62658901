import { DinosegError } from "../errors/index.ts";
import { describeValue } from "./describe-value.ts";
import type { SafetensorsEntry } from "./safetensors.ts";

/** Names of tensors in transformers' `Dinov2Model`; of a linear layer or a norm without `.weight` and `.bias`. */
export const CLASS_TOKEN = "embeddings.cls_token";
export const POSITION_TABLE = "embeddings.position_embeddings";
export const REGISTER_TOKENS = "embeddings.register_tokens";
export const PATCH_PROJECTION = "embeddings.patch_embeddings.projection";
export const FINAL_NORM = "layernorm";

/** The prefix of the tensors of one block. */
export function layerPrefix(layer: number): string {
	return `encoder.layer.${layer}`;
}

/** The original code's name of the class token, and its own of the projection of patches. */
const ORIGINAL_CLASS_TOKEN = "cls_token";
const ORIGINAL_PROJECTION = "patch_embed.proj.weight";

/** Names of facebookresearch/dinov2 outside the blocks. */
const ORIGINAL_NAMES: ReadonlyMap<string, string> = new Map([
	[ORIGINAL_CLASS_TOKEN, CLASS_TOKEN],
	["pos_embed", POSITION_TABLE],
	["register_tokens", REGISTER_TOKENS],
	[ORIGINAL_PROJECTION, `${PATCH_PROJECTION}.weight`],
	["patch_embed.proj.bias", `${PATCH_PROJECTION}.bias`],
	["norm.weight", `${FINAL_NORM}.weight`],
	["norm.bias", `${FINAL_NORM}.bias`],
]);

/** The same inside a block, without `.weight` and `.bias`. */
const ORIGINAL_BLOCK_NAMES: ReadonlyMap<string, string> = new Map([
	["norm1", "norm1"],
	["norm2", "norm2"],
	["attn.proj", "attention.output.dense"],
	["mlp.fc1", "mlp.fc1"],
	["mlp.fc2", "mlp.fc2"],
	["mlp.w12", "mlp.weights_in"],
	["mlp.w3", "mlp.weights_out"],
]);

/** The rows of `attn.qkv`, in this order. */
const STACKED = ["query", "key", "value"] as const;

/** `blocks.7.norm1.weight`; or, in chunks, `blocks.1.7.norm1.weight`: the chunk's number says nothing more. */
const ORIGINAL_BLOCK = /^blocks\.(\d+)\.(?:(\d+)\.)?([a-z].*)$/;

/**
 * The tensors of a DINOv2 checkpoint by their names in transformers' `Dinov2Model`.
 *
 * Understood are those names themselves, and those of the original code with or without chunks of blocks, where query,
 * key and value are the thirds of one tensor; each also behind a prefix, as `dinov2.` or `backbone.`, when only one
 * network in the file has it. Other tensors are left out. Without a class token the entries come back as they are.
 *
 * Source: huggingface/transformers, models/dinov2/convert_dinov2_to_hf.py; facebookresearch/dinov2.
 *
 * @param file name for messages.
 * @throws DinosegError MODEL_TENSOR_INVALID if the file holds several networks, or a tensor twice.
 */
export function transformersNames<Entry extends SafetensorsEntry>(
	entries: ReadonlyMap<string, Entry>,
	file: string,
): ReadonlyMap<string, Entry> {
	const prefix = networkPrefix(entries, CLASS_TOKEN, () => true, file);
	if (prefix === "") {
		return entries;
	}
	if (prefix !== undefined) {
		return withoutPrefix(entries, prefix);
	}
	const isOriginal = (candidate: string): boolean => entries.has(candidate + ORIGINAL_PROJECTION);
	const original = networkPrefix(entries, ORIGINAL_CLASS_TOKEN, isOriginal, file);
	return original === undefined ? entries : translate(withoutPrefix(entries, original), file);
}

/** What stands before the class token's name: "" if the network itself is in the file. */
function networkPrefix(
	entries: ReadonlyMap<string, SafetensorsEntry>,
	classToken: string,
	accept: (prefix: string) => boolean,
	file: string,
): string | undefined {
	const prefixes = [...entries.keys()]
		.filter((name) => name === classToken || name.endsWith(`.${classToken}`))
		.map((name) => name.slice(0, name.length - classToken.length))
		.filter(accept);
	if (prefixes.includes("")) {
		return "";
	}
	if (prefixes.length > 1) {
		const names = prefixes.slice(0, 3).map(describeValue).join(", ");
		throw new DinosegError(
			"MODEL_TENSOR_INVALID",
			`${file}: the file holds ${prefixes.length} networks, with names that start with ${names}. ` +
				"Save the one that is meant alone.",
			{ details: { file } },
		);
	}
	return prefixes[0];
}

function withoutPrefix<Entry>(entries: ReadonlyMap<string, Entry>, prefix: string): ReadonlyMap<string, Entry> {
	const inside = [...entries].filter(([name]) => name.startsWith(prefix));
	return new Map(inside.map(([name, entry]) => [name.slice(prefix.length), entry]));
}

function translate<Entry extends SafetensorsEntry>(
	entries: ReadonlyMap<string, Entry>,
	file: string,
): ReadonlyMap<string, Entry> {
	const translated = new Map<string, Entry>();
	const add = (name: string, entry: Entry): void => {
		const other = translated.get(name);
		if (other !== undefined) {
			const both = `${describeValue(other.name)} and ${describeValue(entry.name)}`;
			rejectTensor(file, name, `occurs twice, as ${both}. Get the file again from a source you trust.`);
		}
		translated.set(name, entry);
	};
	for (const [name, entry] of entries) {
		const block = ORIGINAL_BLOCK.exec(name);
		const outside = ORIGINAL_NAMES.get(name);
		if (outside !== undefined) {
			add(outside, entry);
		} else if (block !== null) {
			const [, first, second, rest] = block;
			for (const [part, located] of translateInBlock(rest, entry, file)) {
				add(`${layerPrefix(Number(second ?? first))}.${part}`, located);
			}
		}
	}
	return translated;
}

/** @param rest a name after its block's number. */
function translateInBlock<Entry extends SafetensorsEntry>(
	rest: string,
	entry: Entry,
	file: string,
): readonly (readonly [string, Entry])[] {
	const scale = /^ls([12])\.gamma$/.exec(rest);
	if (scale !== null) {
		return [[`layer_scale${scale[1]}.lambda1`, entry]];
	}
	const [, layer = "", kind] = /^(.+)\.(weight|bias)$/.exec(rest) ?? [];
	if (layer === "attn.qkv") {
		return splitStacked(entry, file).map((third, i) => [`attention.attention.${STACKED[i]}.${kind}`, third]);
	}
	const known = ORIGINAL_BLOCK_NAMES.get(layer);
	return known === undefined ? [] : [[`${known}.${kind}`, entry]];
}

/** The thirds of a tensor's rows, each where it lies. */
function splitStacked<Entry extends SafetensorsEntry>(entry: Entry, file: string): readonly Entry[] {
	const { shape, offset, length } = entry;
	const [rows = 0, ...others] = shape;
	if (rows % STACKED.length !== 0 || length % STACKED.length !== 0) {
		const problem = `${describeValue(shape)} must hold query, key and value in three equal parts`;
		rejectTensor(file, entry.name, `${problem}. config.json and this file do not belong together.`);
	}
	const third = length / STACKED.length;
	return STACKED.map((_, part) => ({
		...entry,
		shape: [rows / STACKED.length, ...others],
		offset: offset + part * third,
		length: third,
	}));
}

function rejectTensor(file: string, tensor: string, problem: string): never {
	throw new DinosegError("MODEL_TENSOR_INVALID", `${file}: tensor ${describeValue(tensor)} ${problem}`, {
		details: { file, tensor },
	});
}
