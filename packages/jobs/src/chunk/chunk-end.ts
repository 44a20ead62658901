import type { DoneLine } from "../manifest-line.ts";
import { mapAhead } from "../map-ahead.ts";
import type { Storage } from "../storage/storage.ts";
import { CHUNK_ID, chunkKey, chunksFolder, readChunk } from "./chunk-manifest.ts";

/** Says that a shard is complete, and of which chunks, in its folder. */
const END_FILE = "end.json";
/** Manifests that are read at the same time. */
const AT_ONCE = 16;

/**
 * Note of which chunks a shard is made that is complete.
 *
 * @param folder of the shard: a key with a slash at its end.
 * @param run    as `PinnedRun.id`.
 * @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE
 */
export async function writeEnd(
	storage: Storage,
	folder: string,
	run: string,
	chunks: readonly string[],
): Promise<void> {
	await storage.put(`${folder}${END_FILE}`, new TextEncoder().encode(`${JSON.stringify({ run, chunks })}\n`));
}

/** Note that a shard has chunks that are not complete. Arguments and errors as `writeEnd`. */
export async function removeEnd(storage: Storage, folder: string): Promise<void> {
	await storage.remove([`${folder}${END_FILE}`]);
}

/**
 * The chunks of a shard that is complete, in the order of their items. Manifests of other chunks may be beside theirs, of
 * earlier commands that had other items.
 *
 * @returns nothing while it is not complete. One that somebody damaged, or of another run, counts as none.
 * @throws DinosegError STORAGE_*
 */
export async function readEnd(storage: Storage, folder: string, run: string): Promise<readonly string[] | undefined> {
	const bytes = await storage.get(`${folder}${END_FILE}`);
	const end = bytes && parseEnd(new TextDecoder().decode(bytes));
	return end?.run === run ? end.chunks : undefined;
}

/** A chunk that is complete. */
export interface EndedChunk {
	/** Of its manifest. */
	readonly key: string;
	/** Of its items that are not in quarantine. @default its manifest is gone */
	readonly lines: readonly DoneLine[] | undefined;
}

/**
 * The chunks that a shard is made of, in their order; one that is not complete has none.
 *
 * @param folder of the shard: a key with a slash at its end.
 * @param run    as `PinnedRun.id`.
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function* endedChunks(storage: Storage, folder: string, run: string): AsyncGenerator<EndedChunk> {
	const chunks = (await readEnd(storage, folder, run)) ?? [];
	const read = async (id: string): Promise<EndedChunk> => {
		const key = chunkKey(chunksFolder(folder), id, "complete");
		const manifest = await readChunk(storage, key, run);
		return { key, lines: manifest && [...manifest.known.values()].filter((line) => line.status === "done") };
	};
	yield* mapAhead(chunks, AT_ONCE, read);
}

function parseEnd(text: string): { readonly run: string; readonly chunks: readonly string[] } | undefined {
	try {
		const { run, chunks } = JSON.parse(text) as { readonly run?: unknown; readonly chunks?: unknown };
		const areChunks = Array.isArray(chunks) && chunks.every((id) => typeof id === "string" && CHUNK_ID.test(id));
		return typeof run === "string" && areChunks ? { run, chunks } : undefined;
	} catch {
		return undefined;
	}
}
