import { type FileHandle, open, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import {
	type Checkpoint,
	decodeTensorValues,
	type LocatedEntry,
	mergeShards,
	type PlacedModel,
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	parseShardIndex,
	placeTables,
	preprocessorOfConfig,
	safetensorsHeaderLength,
	selectTensors,
	type TensorEntry,
} from "@dinoseg/core/model";
import { errnoOf } from "../files/errno.ts";
import { type ModelDigestOptions, modelDigest } from "./model-digest.ts";
import { CONFIG_FILE, FOLDER_HOLDS, INDEX_FILE, WEIGHTS_FILE } from "./model-files.ts";

/** A checkpoint on disk, ready for `buildNetworkGraph` and a network session. */
export interface LoadedCheckpoint extends Checkpoint, PlacedModel {
	/** Real path (no links) of the folder that `TensorEntry.file` is relative to. */
	readonly folder: string;
	/** See `modelDigest`: of the weights and their index, config.json and preprocessor_config.json. */
	readonly digest: string;
}

export type LoadCheckpointOptions = ModelDigestOptions;

const PREPROCESSOR_FILE = "preprocessor_config.json";
/** A JSON file beside the weights has some kilobytes. */
const MAX_JSON_BYTES = 2 ** 20;
/** Bytes in front of a safetensors header that tell its length. */
const HEADER_PREFIX_BYTES = 8;

/** The weights of a checkpoint, in one file or several. */
interface WeightFiles {
	/** The file that messages about the whole name. */
	readonly path: string;
	/** Real path of each file by its name in the checkpoint. */
	readonly files: ReadonlyMap<string, string>;
	/** Deepest folder that holds all of them: a real path. */
	readonly folder: string;
	/** With files relative to the folder. */
	readonly entries: ReadonlyMap<string, LocatedEntry>;
}

/**
 * Read the description of a checkpoint: everything but the weights, which onnxruntime reads itself.
 *
 * Links are followed, because onnxruntime refuses those that leave the model's folder, and each file of a Hugging Face
 * snapshot is one.
 *
 * @param folder with `config.json`, `model.safetensors` or `model.safetensors.index.json` and the files that it names,
 *   and perhaps `preprocessor_config.json` (else see `preprocessorOfConfig`).
 * @throws DinosegError MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID
 */
export async function loadCheckpoint(folder: string, options: LoadCheckpointOptions = {}): Promise<LoadedCheckpoint> {
	const configPath = join(folder, CONFIG_FILE);
	const preprocessorPath = join(folder, PREPROCESSOR_FILE);
	const configText = (await readText(configPath)) ?? missing(configPath);
	const config = parseModelConfig(configText, configPath);
	const preprocessorText = await readText(preprocessorPath);
	const preprocessor =
		preprocessorText === undefined
			? preprocessorOfConfig(configText, configPath)
			: parsePreprocessorConfig(preprocessorText, preprocessorPath);
	const weights = await findWeights(folder);
	const tensors = selectTensors(config, weights.entries, weights.path);
	const checkpoint: Checkpoint = { config, preprocessor, tensors };
	const files = new Map([[CONFIG_FILE, configPath], ...weights.files]);
	if (preprocessorText !== undefined) {
		files.set(PREPROCESSOR_FILE, preprocessorPath);
	}
	return {
		...checkpoint,
		folder: weights.folder,
		digest: await modelDigest(files, options),
		tables: await Promise.all(placeTables(checkpoint).map((entry) => readTensor(entry, weights.folder))),
	};
}

/**
 * Check that the files of weights are still as long as their tensors need.
 *
 * onnxruntime maps them into memory: to read behind the end of a file that became shorter ends the process (SIGBUS).
 *
 * @param checkpoint its tensors, and the folder that they lie in.
 * @throws DinosegError SAFETENSORS_INVALID for a file that became shorter, MODEL_FILE_MISSING for one that went.
 */
export async function checkWeightSizes({
	tensors,
	folder,
}: Pick<LoadedCheckpoint, "tensors" | "folder">): Promise<void> {
	const ends = new Map<string, number>();
	for (const { file, offset, length } of tensors.values()) {
		ends.set(file, Math.max(ends.get(file) ?? 0, offset + length));
	}
	for (const [file, end] of ends) {
		const path = join(folder, file);
		const { size } = await stat(path).catch((cause) => unreadable(path, cause));
		if (size < end) {
			throw becameShorter(path);
		}
	}
}

async function findWeights(folder: string): Promise<WeightFiles> {
	const path = join(folder, WEIGHTS_FILE);
	const real = await realpath(path).catch(() => undefined);
	return real === undefined ? await findShards(folder) : await findSingleFile(path, real);
}

async function findSingleFile(path: string, real: string): Promise<WeightFiles> {
	const folder = dirname(real);
	const entries = await readHeader(path, real, folder);
	return { path, files: new Map([[WEIGHTS_FILE, real]]), folder, entries };
}

async function findShards(folder: string): Promise<WeightFiles> {
	const path = join(folder, INDEX_FILE);
	const index = parseShardIndex((await readText(path)) ?? missing(join(folder, WEIGHTS_FILE)), path);
	const files = new Map<string, string>();
	for (const name of index.files) {
		files.set(name, await realpath(join(folder, name)).catch(() => missingShard(path, join(folder, name))));
	}
	const common = commonFolder([...files.values()], path);
	const shards = new Map<string, ReadonlyMap<string, LocatedEntry>>();
	for (const [name, real] of files) {
		shards.set(name, await readHeader(join(folder, name), real, common));
	}
	const entries = mergeShards(index, shards, path);
	return { path, files: files.set(INDEX_FILE, path), folder: common, entries };
}

/** The deepest folder that holds all files, given as real paths. */
function commonFolder(files: readonly string[], index: string): string {
	let folder = dirname(files[0]);
	while (!files.every((file) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
		const parent = dirname(folder);
		if (parent === folder) {
			throw new DinosegError(
				"MODEL_FILE_MISSING",
				`${index}: its files lie on different drives. Put all of them into one folder.`,
				{ details: { path: index } },
			);
		}
		folder = parent;
	}
	return folder;
}

/**
 * @param path the file as the user knows it, for messages.
 * @param real the same without links, which onnxruntime needs.
 */
async function readHeader(path: string, real: string, folder: string): Promise<ReadonlyMap<string, LocatedEntry>> {
	const header = await withFile(path, real, async (file) => {
		const { size } = await file.stat();
		const first = await readRange(file, 0, Math.min(HEADER_PREFIX_BYTES, size), path);
		const prefix = await readRange(file, 0, safetensorsHeaderLength(first, size, path), path);
		return parseSafetensorsHeader(prefix, size, path);
	});
	const file = relative(folder, real).replaceAll(sep, "/");
	return new Map([...header].map(([name, entry]) => [name, { ...entry, file }]));
}

async function readTensor({ file, offset, length, shape, dtype }: TensorEntry, folder: string): Promise<Float32Array> {
	const path = join(folder, file);
	const bytes = await withFile(path, path, (opened) => readRange(opened, offset, length, path));
	const count = shape.reduce((product, size) => product * size, 1);
	return decodeTensorValues(bytes, dtype, count);
}

async function withFile<T>(path: string, real: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
	// Before it is opened: opening a pipe waits for a writer.
	await checkRegularFile(path, real);
	const file = await open(real).catch((cause) => unreadable(path, cause));
	try {
		return await use(file);
	} finally {
		await file.close();
	}
}

async function checkRegularFile(path: string, real: string): Promise<void> {
	const status = await stat(real).catch((cause) => unreadable(path, cause));
	if (!status.isFile()) {
		unreadable(path, new Error("it is not a regular file"));
	}
}

async function readRange(file: FileHandle, offset: number, length: number, path: string): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let done = 0;
	while (done < length) {
		const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
		if (bytesRead === 0) {
			throw becameShorter(path);
		}
		done += bytesRead;
	}
	return bytes;
}

/** @returns undefined if there is no such file. */
async function readText(path: string): Promise<string | undefined> {
	try {
		const status = await stat(path);
		if (!status.isFile()) {
			unreadable(path, new Error("it is not a regular file"));
		}
		const { size } = status;
		if (size > MAX_JSON_BYTES) {
			throw new DinosegError(
				"MODEL_CONFIG_INVALID",
				`${path}: has ${size} bytes, at most ${MAX_JSON_BYTES} are read. Get the file of the model again.`,
			);
		}
		return await readFile(path, "utf8");
	} catch (cause) {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		return errnoOf(cause) === "ENOENT" ? undefined : unreadable(path, cause);
	}
}

function becameShorter(path: string): DinosegError {
	return new DinosegError(
		"SAFETENSORS_INVALID",
		`${path}: the file became shorter while it was read. Wait until its download has finished.`,
		{ details: { path } },
	);
}

function missing(path: string): never {
	throw new DinosegError("MODEL_FILE_MISSING", `${path}: no such file. ${FOLDER_HOLDS}`, { details: { path } });
}

function missingShard(index: string, path: string): never {
	throw new DinosegError(
		"MODEL_FILE_MISSING",
		`${path}: no such file, though ${index} names it. Download every file of the model.`,
		{ details: { path } },
	);
}

function unreadable(path: string, cause: unknown): never {
	throw new DinosegError(
		"MODEL_FILE_MISSING",
		`${path}: cannot be read (${(cause as Error).message}). Check its permissions.`,
		{ details: { path }, cause },
	);
}
