import { DinosegError } from "../errors/index.ts";
import { PROJECTIONS } from "./checkpoint.ts";
import { describeValue } from "./describe-value.ts";
import type { SafetensorsEntry } from "./safetensors.ts";

/** Names that transformers gives to the same tensors of every family. */
export const CLASS_TOKEN = "embeddings.cls_token";
export const REGISTER_TOKENS = "embeddings.register_tokens";

/** The names of the class token and of the projection of patches outside transformers, in every family. */
const OTHER_CLASS_TOKEN = "cls_token";
const OTHER_PROJECTION = "patch_embed.proj.weight";

/** How the names of another library are those of transformers. */
export interface OtherNames {
	/** Names outside the blocks. */
	readonly outside: ReadonlyMap<string, string>;
	/** Names inside a block, without `.weight` and `.bias`. */
	readonly layers: ReadonlyMap<string, string>;
	/** The same of tensors that are no part of a layer. */
	readonly tensors: ReadonlyMap<string, string>;
	/** The layer in a block that holds query, key and value in the thirds of its rows, and what each of them is called. */
	readonly stacked: string;
	readonly thirds: Readonly<Record<(typeof PROJECTIONS)[number], string>>;
	/** The prefix of the tensors of one block, as transformers has it. */
	block(index: number): string;
}

/** `blocks.7.norm1.weight`; or, in chunks, `blocks.1.7.norm1.weight`: the chunk's number says nothing more. */
const OTHER_BLOCK = /^blocks\.(\d+)\.(?:(\d+)\.)?([a-z].*)$/;

/**
 * The tensors of a checkpoint by their names in transformers.
 *
 * Understood are those names themselves, and those of another library, where query, key and value are the thirds of one
 * tensor; each also behind a prefix, as `dinov2.` or `backbone.`, when only one network in the file has it. Other
 * tensors are left out. Without a class token the entries come back as they are.
 *
 * @param file name for messages.
 * @throws DinosegError MODEL_TENSOR_INVALID if the file holds several networks, or a tensor twice.
 */
export function transformersNames<Entry extends SafetensorsEntry>(
	entries: ReadonlyMap<string, Entry>,
	other: OtherNames,
	file: string,
): ReadonlyMap<string, Entry> {
	const prefix = networkPrefix(entries, CLASS_TOKEN, () => true, file);
	if (prefix === "") {
		return entries;
	}
	if (prefix !== undefined) {
		return withoutPrefix(entries, prefix);
	}
	const isOther = (candidate: string): boolean => entries.has(candidate + OTHER_PROJECTION);
	const found = networkPrefix(entries, OTHER_CLASS_TOKEN, isOther, file);
	return found === undefined ? entries : translate(withoutPrefix(entries, found), other, file);
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
	other: OtherNames,
	file: string,
): ReadonlyMap<string, Entry> {
	const translated = new Map<string, Entry>();
	const add = (name: string, entry: Entry): void => {
		const before = translated.get(name);
		if (before !== undefined) {
			const both = `${describeValue(before.name)} and ${describeValue(entry.name)}`;
			rejectTensor(file, name, `occurs twice, as ${both}. Get the file again from a source you trust.`);
		}
		translated.set(name, entry);
	};
	for (const [name, entry] of entries) {
		const block = OTHER_BLOCK.exec(name);
		const outside = other.outside.get(name);
		if (outside !== undefined) {
			add(outside, entry);
		} else if (block !== null) {
			const [, first, second, rest] = block;
			for (const [part, located] of translateInBlock(rest, entry, other, file)) {
				add(`${other.block(Number(second ?? first))}.${part}`, located);
			}
		}
	}
	return translated;
}

/** @param rest a name after its block's number. */
function translateInBlock<Entry extends SafetensorsEntry>(
	rest: string,
	entry: Entry,
	other: OtherNames,
	file: string,
): readonly (readonly [string, Entry])[] {
	const tensor = other.tensors.get(rest);
	if (tensor !== undefined) {
		return [[tensor, entry]];
	}
	const [, layer = "", kind] = /^(.+)\.(weight|bias)$/.exec(rest) ?? [];
	if (layer === other.stacked) {
		return splitStacked(entry, file).map((third, i) => [`${other.thirds[PROJECTIONS[i]]}.${kind}`, third]);
	}
	const known = other.layers.get(layer);
	return known === undefined ? [] : [[`${known}.${kind}`, entry]];
}

/** The thirds of a tensor's rows, each where it lies. */
function splitStacked<Entry extends SafetensorsEntry>(entry: Entry, file: string): readonly Entry[] {
	const { shape, offset, length } = entry;
	const [rows = 0, ...others] = shape;
	const parts = PROJECTIONS.length;
	if (rows % parts !== 0 || length % parts !== 0) {
		const problem = `${describeValue(shape)} must hold query, key and value in three equal parts`;
		rejectTensor(file, entry.name, `${problem}. config.json and this file do not belong together.`);
	}
	const third = length / parts;
	return PROJECTIONS.map((_, part) => ({
		...entry,
		shape: [rows / parts, ...others],
		offset: offset + part * third,
		length: third,
	}));
}

function rejectTensor(file: string, tensor: string, problem: string): never {
	throw new DinosegError("MODEL_TENSOR_INVALID", `${file}: tensor ${describeValue(tensor)} ${problem}`, {
		details: { file, tensor },
	});
}
