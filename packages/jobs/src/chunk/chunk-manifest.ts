import { isDinosegError } from "@dinoseg/core/errors";
import type { BatchItem } from "../batch-item.ts";
import {
	type BadLine,
	type DoneLine,
	type EndLine,
	type ManifestLine,
	manifestInvalid,
	type OpenLine,
	parseManifestLine,
} from "../manifest-line.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * How far a chunk is, as the name of its manifest says.
 *
 * `complete`: every item is done or bad. `open`: it was worked on to its end, and items are left that may do well the next
 * time. `part`: somebody began it, and the next worker goes on there.
 */
export type ChunkState = "complete" | "open" | "part";

const ENDINGS: Readonly<Record<ChunkState, string>> = {
	complete: ".jsonl",
	open: ".open.jsonl",
	part: ".part.jsonl",
};
const STATES = Object.keys(ENDINGS) as readonly ChunkState[];
const NAME = /^([0-9a-f]{16})(\.(?:open\.|part\.)?jsonl)$/;
/** As `Chunk.id`. */
export const CHUNK_ID = /^[0-9a-f]{16}$/;

/** What is known of the items of a chunk. */
export interface ChunkLines {
	readonly known: ReadonlyMap<string, DoneLine | BadLine>;
	/** Items that failed, and are no worse for it. */
	readonly open: readonly OpenLine[];
}

/** The folder of the manifests of a shard's chunks. @param folder of the shard: a key with a slash at its end. */
export function chunksFolder(folder: string): string {
	return `${folder}chunks/`;
}

/** The object of a chunk's manifest. @param folder of the manifests: a key with a slash at its end. */
export function chunkKey(folder: string, id: string, state: ChunkState): string {
	return `${folder}${id}${ENDINGS[state]}`;
}

/** The states that the manifests in a folder are in, by chunk; one that was written twice is as far as it ever was. */
export async function listChunks(storage: Storage, folder: string): Promise<Map<string, ChunkState>> {
	const found = new Map<string, ChunkState>();
	for await (const objects of storage.list(folder)) {
		for (const { key } of objects) {
			const [, id, ending] = NAME.exec(key.slice(folder.length)) ?? [];
			const state = STATES.find((one) => ENDINGS[one] === ending);
			if (state !== undefined && STATES.indexOf(state) <= STATES.indexOf(found.get(id) ?? "part")) {
				found.set(id, state);
			}
		}
	}
	return found;
}

/**
 * Read the manifest of a chunk.
 *
 * @param run as `PinnedRun.id`.
 * @returns nothing where there is none, or that of another run.
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function readChunk(storage: Storage, key: string, run: string): Promise<ChunkLines | undefined> {
	const bytes = await storage.get(key);
	if (bytes === undefined) {
		return undefined;
	}
	const where = `${storage.uri}/${key}`;
	const texts = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
	const lines = texts.map((text, index) => parseManifestLine(text, `${where}, line ${index + 1}`));
	if (lines[0]?.status !== "run") {
		throw manifestInvalid(where, "does not say which run it is of");
	}
	if (lines[0].run !== run) {
		return undefined;
	}
	const known = lines.filter((line) => line.status === "done" || line.status === "bad");
	return {
		known: new Map(known.map((line) => [line.path, line])),
		open: lines.filter((line) => line.status === "open"),
	};
}

/**
 * As `readChunk`, for whoever can do without: a manifest that somebody damaged counts as none, and is written anew.
 *
 * @throws DinosegError STORAGE_*
 */
export async function tryReadChunk(storage: Storage, key: string, run: string): Promise<ChunkLines | undefined> {
	try {
		return await readChunk(storage, key, run);
	} catch (error) {
		if (isDinosegError(error) && error.code === "MANIFEST_INVALID") {
			return undefined;
		}
		throw error;
	}
}

export interface WriteChunkOptions extends ChunkLines {
	/** As `PinnedRun.id`. */
	readonly run: string;
	readonly folder: string;
	readonly id: string;
	/** In the order of the lines. */
	readonly items: readonly Pick<BatchItem, "path">[];
	/** Whether it was worked on to its end. */
	readonly isEnded: boolean;
}

/**
 * Write the manifest of a chunk: a line that says which run it is of, those of the items, and an end where it is complete.
 * One that is further stays, and counts.
 *
 * @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE
 */
export async function writeChunk(storage: Storage, options: WriteChunkOptions): Promise<ChunkState> {
	const { folder, id, items, known, open, isEnded } = options;
	const failed = new Map(open.map((line) => [line.path, line]));
	const lines = items.flatMap(({ path }) => known.get(path) ?? failed.get(path) ?? []);
	const state = !isEnded ? "part" : open.length === 0 ? "complete" : "open";
	await storage.put(chunkKey(folder, id, state), encodeLines(options.run, lines, state));
	// After it: what is known is never gone.
	const earlier = STATES.slice(STATES.indexOf(state) + 1);
	await storage.remove(earlier.map((other) => chunkKey(folder, id, other)));
	return state;
}

export interface ReopenOptions {
	/** Whether a line stays. */
	stays(line: DoneLine | BadLine): boolean;
	/** Also if every line stays. */
	readonly always: boolean;
}

/**
 * Have a chunk worked on again that has a manifest. What stays in it is known to the worker.
 *
 * @returns whether it is to be worked on.
 * @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE
 */
export async function reopenChunk(
	storage: Storage,
	chunk: { readonly folder: string; readonly id: string; readonly state: ChunkState; readonly run: string },
	{ stays, always }: ReopenOptions,
): Promise<boolean> {
	const { folder, id, state, run } = chunk;
	const key = chunkKey(folder, id, state);
	const there = await tryReadChunk(storage, key, run);
	if (there === undefined) {
		// Damaged, or taken away by a try that failed afterwards.
		return true;
	}
	const lines = [...there.known.values()];
	const known = lines.filter(stays);
	if (!always && known.length === lines.length) {
		return state !== "complete";
	}
	await storage.put(chunkKey(folder, id, "part"), encodeLines(run, known, "part"));
	if (state !== "part") {
		await storage.remove([key]);
	}
	return true;
}

function encodeLines(run: string, lines: readonly (DoneLine | BadLine | OpenLine)[], state: ChunkState): Uint8Array {
	const count = (status: "done" | "bad") => lines.filter((line) => line.status === status).length;
	const end: EndLine[] = state === "complete" ? [{ status: "end", done: count("done"), bad: count("bad") }] : [];
	const all: ManifestLine[] = [{ status: "run", run }, ...lines, ...end];
	return new TextEncoder().encode(all.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
