import { type FileHandle, open, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
	type Checkpoint,
	DEFAULT_PREPROCESSOR,
	DinosegError,
	decodeTensorValues,
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	patchPositionsEntry,
	safetensorsHeaderLength,
	selectTensors,
	type TensorEntry,
} from "@dinoseg/core";
import { errnoOf } from "../files/errno.ts";
import { type ModelDigestOptions, modelDigest } from "./model-digest.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "./resolve-model.ts";

/** A checkpoint on disk, ready for `buildNetworkGraph` and a network session. */
export interface LoadedCheckpoint extends Checkpoint {
	/** Real path (no links) of the folder that `TensorEntry.file` is relative to. */
	readonly folder: string;
	/** See `modelDigest`: of the weights, config.json and preprocessor_config.json. */
	readonly digest: string;
	/** The position table without the class token's row. Shape (side * side, hidden). */
	readonly positionTable: Float32Array;
}

export type LoadCheckpointOptions = ModelDigestOptions;

const PREPROCESSOR_FILE = "preprocessor_config.json";
/** A JSON file beside the weights has some kilobytes. */
const MAX_JSON_BYTES = 2 ** 20;
/** Bytes in front of a safetensors header that tell its length. */
const HEADER_PREFIX_BYTES = 8;

/**
 * Read the description of a checkpoint: everything but the weights, which onnxruntime reads itself.
 *
 * Links are followed, because onnxruntime refuses those that leave the model's folder, and each file of a Hugging Face
 * snapshot is one.
 *
 * @param folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json` (else ImageNet's mean
 *   and deviation are taken).
 * @throws DinosegError MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID
 */
export async function loadCheckpoint(folder: string, options: LoadCheckpointOptions = {}): Promise<LoadedCheckpoint> {
	const configPath = join(folder, CONFIG_FILE);
	const preprocessorPath = join(folder, PREPROCESSOR_FILE);
	const weightsPath = join(folder, WEIGHTS_FILE);
	const configText = await readText(configPath);
	const config = parseModelConfig(configText ?? missing(configPath), configPath);
	const preprocessorText = await readText(preprocessorPath);
	const preprocessor =
		preprocessorText === undefined ? DEFAULT_PREPROCESSOR : parsePreprocessorConfig(preprocessorText, preprocessorPath);
	const realWeights = await realpath(weightsPath).catch(() => missing(weightsPath));
	const weights = await open(realWeights).catch((cause) => unreadable(weightsPath, cause));
	try {
		const entries = await readHeader(weights, weightsPath);
		const checkpoint: Checkpoint = {
			config,
			preprocessor,
			tensors: renameFile(selectTensors(config, entries, weightsPath), basename(realWeights)),
		};
		const positions = patchPositionsEntry(checkpoint);
		const values = await readRange(weights, positions.offset, positions.length, weightsPath);
		const count = positions.shape.reduce((product, size) => product * size, 1);
		const files = new Map([
			[CONFIG_FILE, configPath],
			[WEIGHTS_FILE, realWeights],
		]);
		if (preprocessorText !== undefined) {
			files.set(PREPROCESSOR_FILE, preprocessorPath);
		}
		return {
			...checkpoint,
			folder: dirname(realWeights),
			digest: await modelDigest(files, options),
			positionTable: decodeTensorValues(values, positions.dtype, count),
		};
	} finally {
		await weights.close();
	}
}

/** Messages name the file as the user knows it; onnxruntime needs the name that it really has. */
function renameFile(tensors: ReadonlyMap<string, TensorEntry>, file: string): ReadonlyMap<string, TensorEntry> {
	return new Map([...tensors].map(([name, entry]) => [name, { ...entry, file }]));
}

async function readHeader(file: FileHandle, path: string): Promise<ReturnType<typeof parseSafetensorsHeader>> {
	const { size } = await file.stat();
	const first = await readRange(file, 0, Math.min(HEADER_PREFIX_BYTES, size), path);
	const prefix = await readRange(file, 0, safetensorsHeaderLength(first, size, path), path);
	return parseSafetensorsHeader(prefix, size, path);
}

async function readRange(file: FileHandle, offset: number, length: number, path: string): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let done = 0;
	while (done < length) {
		const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
		if (bytesRead === 0) {
			throw new DinosegError(
				"SAFETENSORS_INVALID",
				`${path}: the file became shorter while it was read. Wait until its download has finished.`,
			);
		}
		done += bytesRead;
	}
	return bytes;
}

/** @returns undefined if there is no such file. */
async function readText(path: string): Promise<string | undefined> {
	try {
		const { size } = await stat(path);
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

function missing(path: string): never {
	throw new DinosegError(
		"MODEL_FILE_MISSING",
		`${path}: no such file. A model's folder holds ${CONFIG_FILE} and ${WEIGHTS_FILE}.`,
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
