import { mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Warning } from "@dinoseg/core";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import {
	layOutQuantisedFile,
	QUANTISED_FILE_VERSION,
	type QuantisedFile,
	type QuantisedWeights,
} from "@dinoseg/core/model";
import { errnoOf } from "../files/errno.ts";
import { createTemporaryFiles, TEMPORARY_SUFFIX, type TemporaryNotes } from "../files/temporary-files.ts";
import { isInt8File, writeInt8File } from "./int8-file.ts";
import type { LoadedCheckpoint } from "./load-checkpoint.ts";

export interface LoadQuantisedOptions {
	/** The folder of all of dinoseg's caches; 8-bit weights lie in `int8/` below it. Created when first written to. */
	readonly cacheFolder: string;
	/** Where a file goes that the cache cannot hold. @default the system's folder for temporary files */
	readonly fallbackFolder?: string;
	/** Where half-written files are noted. @default a list of its own */
	readonly temporaryFiles?: TemporaryNotes;
	/** Stops the making of a file, which takes seconds for a large model. */
	readonly signal?: AbortSignal | undefined;
}

/** A checkpoint whose linear layers are computed in 8 bits, ready for `buildNetworkGraph` and a network session. */
export interface QuantisedCheckpoint extends LoadedCheckpoint {
	/** The third argument of `buildNetworkGraph`. */
	readonly quantised: QuantisedWeights;
	/** A cache that could not be written to. */
	readonly warnings: readonly Warning[];
	/** Remove what is not kept. To be called when the session is closed, or the process ends. */
	dispose(): Promise<void>;
}

/** Below the folder of the caches. */
const FOLDER = "int8";
const FILE_SUFFIX = ".safetensors";
/** A temporary file older than this belongs to a process that has died. */
const STALE_AFTER_MS = 3_600_000;

/**
 * The 8-bit form of a checkpoint: made once, kept under the model's digest, and checked byte by byte when used again.
 *
 * One file holds everything that the network reads, because onnxruntime reads weights from one folder only. It is
 * written under a temporary name and then renamed: two processes may make it at once, and a damaged one is replaced.
 * Where the cache cannot be written to, the file is temporary, and a warning says so.
 *
 * Source: see `quantiseRows` and docs/adr/0005-int8.md.
 *
 * @throws DinosegError MODEL_TENSOR_INVALID if a weight is not finite, SAFETENSORS_INVALID, ABORTED; OUTPUT_UNWRITABLE if
 *   neither folder can be written to.
 */
export async function loadQuantised(
	checkpoint: LoadedCheckpoint,
	options: LoadQuantisedOptions,
): Promise<QuantisedCheckpoint> {
	const { digest } = checkpoint;
	const { temporaryFiles = createTemporaryFiles(), fallbackFolder = tmpdir(), signal } = options;
	const folder = join(options.cacheFolder, FOLDER);
	const name = `${digest}-v${QUANTISED_FILE_VERSION}${FILE_SUFFIX}`;
	const layout = layOutQuantisedFile(checkpoint, { file: name, digest });
	const kept = join(folder, name);
	if (await isInt8File(kept, layout)) {
		return quantisedCheckpoint(checkpoint, layout, await realpath(folder));
	}
	const make = (path: string) => writeInt8File(path, layout, { folder: checkpoint.folder, signal });
	try {
		await mkdir(folder, { recursive: true });
		await removeStale(folder);
		const temporary = await makeTemporary(kept, temporaryFiles, make);
		try {
			await rename(temporary, kept);
		} catch (cause) {
			await rm(temporary, { force: true });
			// Another process may have made the file and be reading it, which forbids a replacement on some systems.
			if (!(await isInt8File(kept, layout))) {
				throw cause;
			}
		} finally {
			temporaryFiles.release(temporary);
		}
		return quantisedCheckpoint(checkpoint, layout, await realpath(folder));
	} catch (cause) {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		return await loadTemporary(checkpoint, { folder, fallbackFolder, temporaryFiles, make, cause });
	}
}

/** Write a file under a temporary name beside its target. Nothing is left on failure. */
async function makeTemporary(
	target: string,
	temporaryFiles: TemporaryNotes,
	make: (path: string) => Promise<void>,
): Promise<string> {
	const temporary = temporaryFiles.reserve(target);
	try {
		await make(temporary);
		return temporary;
	} catch (cause) {
		await rm(temporary, { force: true }).catch(() => undefined);
		temporaryFiles.release(temporary);
		throw cause;
	}
}

interface TemporaryOptions {
	/** The cache that could not be written to. */
	readonly folder: string;
	readonly fallbackFolder: string;
	readonly temporaryFiles: TemporaryNotes;
	readonly make: (path: string) => Promise<void>;
	/** Why not. */
	readonly cause: unknown;
}

/** The file for this process alone. */
async function loadTemporary(checkpoint: LoadedCheckpoint, options: TemporaryOptions): Promise<QuantisedCheckpoint> {
	const { folder, fallbackFolder, temporaryFiles, make } = options;
	const reason = errnoOf(options.cause) ?? String(options.cause);
	const temporary = await makeTemporary(join(fallbackFolder, FOLDER), temporaryFiles, make).catch((cause) => {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		throw new DinosegError(
			"OUTPUT_UNWRITABLE",
			`${folder}: the 8-bit weights cannot be written (${reason}), nor in ${fallbackFolder} ` +
				`(${errnoOf(cause) ?? String(cause)}). Free some space, set DINOSEG_CACHE to a folder on another disk, or use ` +
				`${optionName("dtype")} fp32, which needs none.`,
			{ details: { path: folder }, cause },
		);
	});
	const file = basename(temporary);
	const layout = layOutQuantisedFile(checkpoint, { file, digest: checkpoint.digest });
	const warning: Warning = {
		code: "CACHE_UNUSABLE",
		message:
			`${folder}: the 8-bit weights cannot be kept (${reason}), so each start makes them again. ` +
			"Make the folder writable, free some space, or set DINOSEG_CACHE to another one.",
	};
	return {
		...quantisedCheckpoint(checkpoint, layout, await realpath(fallbackFolder)),
		warnings: [warning],
		async dispose() {
			await rm(temporary, { force: true });
			temporaryFiles.release(temporary);
		},
	};
}

function quantisedCheckpoint(checkpoint: LoadedCheckpoint, layout: QuantisedFile, folder: string): QuantisedCheckpoint {
	const { tensors, weights } = layout;
	return { ...checkpoint, folder, tensors, quantised: weights, warnings: [], dispose: () => Promise.resolve() };
}

/** Remove what processes that died have left. */
async function removeStale(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		const path = join(folder, name);
		const modifiedMs = name.endsWith(TEMPORARY_SUFFIX) ? (await stat(path).catch(() => undefined))?.mtimeMs : undefined;
		if (modifiedMs !== undefined && Date.now() - modifiedMs > STALE_AFTER_MS) {
			await rm(path, { force: true });
		}
	}
}
