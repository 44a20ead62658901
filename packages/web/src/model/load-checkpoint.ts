import { DinosegError } from "@dinoseg/core/errors";
import {
	type Checkpoint,
	DEFAULT_PREPROCESSOR,
	decodeTensorValues,
	type LocatedEntry,
	mergeShards,
	modelDigestText,
	type PlacedModel,
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	parseShardIndex,
	placeTables,
	safetensorsHeaderLength,
	selectTensors,
} from "@dinoseg/core/model";
import { digest } from "../digest.ts";
import { CONFIG_FILE, INDEX_FILE, type ModelFiles, PREPROCESSOR_FILE, WEIGHTS_FILE } from "./model-files.ts";

/** A checkpoint in blobs, ready for `buildNetworkGraph` and a network session. */
export interface LoadedCheckpoint extends Checkpoint, PlacedModel {
	/** That of the same files on disk. */
	readonly digest: string;
	/** What `TensorEntry.file` names. */
	readonly weights: ReadonlyMap<string, Blob>;
}

/** A JSON file beside the weights has some kilobytes. */
const MAX_JSON_BYTES = 2 ** 20;
/** Bytes in front of a safetensors header that tell its length. */
const HEADER_PREFIX_BYTES = 8;

/**
 * Read the description of a checkpoint: everything but the weights, which onnxruntime gets when a network is opened.
 *
 * @throws DinosegError MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID
 */
export async function loadCheckpoint({ name, files }: ModelFiles): Promise<LoadedCheckpoint> {
	const pathOf = (file: string): string => `${name}/${file}`;
	const textOf = async (file: string): Promise<string | undefined> => {
		const blob = files.get(file)?.blob;
		if (blob !== undefined && blob.size > MAX_JSON_BYTES) {
			throw new DinosegError(
				"MODEL_CONFIG_INVALID",
				`${pathOf(file)}: has ${blob.size} bytes, at most ${MAX_JSON_BYTES} are read. Get the file of the model again.`,
			);
		}
		return blob?.text();
	};
	const headerOf = async (file: string): Promise<ReadonlyMap<string, LocatedEntry>> => {
		const { blob } = files.get(file) ?? missing(pathOf(file));
		const first = await bytesOf(blob, 0, Math.min(HEADER_PREFIX_BYTES, blob.size));
		const prefix = await bytesOf(blob, 0, safetensorsHeaderLength(first, blob.size, pathOf(file)));
		const header = parseSafetensorsHeader(prefix, blob.size, pathOf(file));
		return new Map([...header].map(([tensor, entry]) => [tensor, { ...entry, file }]));
	};

	const config = parseModelConfig((await textOf(CONFIG_FILE)) ?? missing(pathOf(CONFIG_FILE)), pathOf(CONFIG_FILE));
	const preprocessorText = await textOf(PREPROCESSOR_FILE);
	const preprocessor =
		preprocessorText === undefined
			? DEFAULT_PREPROCESSOR
			: parsePreprocessorConfig(preprocessorText, pathOf(PREPROCESSOR_FILE));
	const indexText = files.has(WEIGHTS_FILE) ? undefined : await textOf(INDEX_FILE);
	const indexPath = pathOf(INDEX_FILE);
	const index = indexText === undefined ? undefined : parseShardIndex(indexText, indexPath);
	const names = index?.files ?? [WEIGHTS_FILE];
	const headers = new Map<string, ReadonlyMap<string, LocatedEntry>>();
	for (const file of names) {
		headers.set(file, await headerOf(file));
	}
	const entries = index
		? mergeShards(index, headers, indexPath)
		: (headers.get(WEIGHTS_FILE) as typeof headers extends ReadonlyMap<string, infer V> ? V : never);
	const tensors = selectTensors(config, entries, index ? indexPath : pathOf(WEIGHTS_FILE));
	const checkpoint: Checkpoint = { config, preprocessor, tensors };
	const weights = new Map(names.map((file) => [file, files.get(file)?.blob as Blob]));
	const tables = placeTables(checkpoint).map(async ({ file, offset, length, shape, dtype }) => {
		const bytes = await bytesOf(weights.get(file) as Blob, offset, length);
		return decodeTensorValues(
			bytes,
			dtype,
			shape.reduce((product, size) => product * size, 1),
		);
	});
	const known = [CONFIG_FILE, PREPROCESSOR_FILE, ...(index ? [INDEX_FILE] : []), ...names];
	const digests = known.flatMap((file) => {
		const found = files.get(file);
		return found ? [[file, found.sha256] as const] : [];
	});
	return {
		...checkpoint,
		weights,
		tables: await Promise.all(tables),
		digest: await digest(new TextEncoder().encode(modelDigestText(digests))),
	};
}

/** Some bytes of a blob. */
export async function bytesOf(blob: Blob, offset: number, length: number): Promise<Uint8Array> {
	return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
}

function missing(path: string): never {
	throw new DinosegError("MODEL_FILE_MISSING", `${path}: no such file. Get every file of the model.`, {
		details: { path },
	});
}
