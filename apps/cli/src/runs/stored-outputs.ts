import { isAbsolute, join } from "node:path";
import { RESULT_MARKER } from "@dinoseg/core/result";
import {
	type ChunkOutputs,
	type DoneLine,
	type QueuedItem,
	type RunOutputs,
	type SealedFile,
	type Storage,
	sealBytes,
} from "@dinoseg/jobs";
import { findPutResult, putResult } from "@dinoseg/jobs/stored-result";
import { loadKernels } from "@dinoseg/kernels";
import { removeTemporaries } from "@dinoseg/node/files";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { fileSource } from "../inputs/source-of.ts";
import type { RunTerms } from "./run-terms.ts";
import { segmentInput } from "./segment-one.ts";

/** What makes the results of a run that lie in a storage. */
export interface StoredMaker {
	readonly storage: Storage;
	readonly segmenter: Segmenter;
	readonly terms: RunTerms;
}

type Made = Awaited<ReturnType<ChunkOutputs["work"]>>;

/** Results as objects below the path of their image; `segments.json` appears last, and its size is the mark. */
export function storedOutputs(context: CommandContext, { storage, segmenter, terms }: StoredMaker): RunOutputs {
	const { options, names, used, figure } = terms;
	const codebook = used && { digest: used.digest, steady: false };

	/** Size and sha256 of all files of a result that is there. */
	const seal = async (path: string): Promise<Record<string, SealedFile>> => {
		const sealed: [string, SealedFile][] = [];
		for await (const objects of storage.list(`${path}/`)) {
			for (const { key } of objects) {
				const name = key.slice(path.length + 1);
				const bytes = name.includes("/") ? undefined : await storage.get(key);
				if (bytes !== undefined) {
					sealed.push([name, sealBytes(bytes)]);
				}
			}
		}
		return sortedByName(sealed);
	};

	const make = async ({ path, source, name }: QueuedItem, replaces: boolean): Promise<Made> => {
		const input = await fileSource(context, source);
		if (!replaces) {
			const wanted = { input, model: segmenter.model, options, names, sweep: undefined, codebook };
			const document = await findPutResult(storage, path, wanted);
			if (document !== undefined) {
				const { width, height } = document.input;
				return madeOf(await seal(path), { kind: options.segments, count: document.k.used, width, height });
			}
		}
		const { result } = await segmentInput(segmenter, input, { names, used }, options);
		const named = { ...result, input: { ...result.input, path: typeof name === "string" ? name : path } };
		const sealed: [string, SealedFile][] = [];
		const kernels = await loadKernels();
		await putResult(named, storage, path, { kernels, figure, replaces }, (file) => {
			sealed.push([file.name, sealBytes(file.content)]);
		});
		const { width, height } = result.input;
		const count = result.kind === "regions" ? result.regions : result.clusters;
		return madeOf(sortedByName(sealed), { kind: result.kind, count, width, height });
	};

	const outputs: ChunkOutputs = {
		async work(item, replaces) {
			try {
				return await make(item, replaces);
			} catch (error) {
				throw asDinosegError(error, item.source);
			}
		},
		async clear({ path }) {
			// In a bucket, nothing is half-written.
			if (isAbsolute(storage.uri)) {
				await removeTemporaries(join(storage.uri, path));
			}
		},
		isThere: async ({ path, mark }) => (await storage.size(`${path}/${RESULT_MARKER}`)) === mark,
		async isSame({ path, files }: DoneLine) {
			for (const [name, [size, sha256]] of Object.entries(files)) {
				const bytes = await storage.get(`${path}/${name}`);
				const sealed = bytes && sealBytes(bytes);
				if (sealed?.[0] !== size || sealed[1] !== sha256) {
					return false;
				}
			}
			return true;
		},
		seal: async (lines) => lines,
	};
	return { storage, openChunk: () => outputs };
}

function madeOf(files: Record<string, SealedFile>, facts: Made["facts"]): Made {
	return { mark: files[RESULT_MARKER][0], files, facts };
}

function sortedByName<T>(entries: [string, T][]): Record<string, T> {
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
