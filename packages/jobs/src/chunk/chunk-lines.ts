import type { BadLine, DoneLine } from "../manifest-line.ts";
import { mapAhead } from "../map-ahead.ts";
import { hashPath } from "../path-hash.ts";
import { PathTable } from "../path-table.ts";
import type { Storage } from "../storage/storage.ts";
import { readEnd } from "./chunk-end.ts";
import { chunkKey, chunksFolder, listChunks, readChunk } from "./chunk-manifest.ts";

/** Manifests that are read at the same time: of many small objects, each has to be waited for. */
const AT_ONCE = 16;

/** How far a shard is whose chunks have manifests. */
export interface ChunkTotals {
	readonly done: number;
	readonly bad: number;
	readonly isComplete: boolean;
}

/** @throws DinosegError MANIFEST_INVALID, STORAGE_* */
export async function summariseChunks(storage: Storage, folder: string, run: string): Promise<ChunkTotals> {
	let [done, bad] = [0, 0];
	for await (const { status } of chunkLines(storage, folder, run)) {
		done += status === "done" ? 1 : 0;
		bad += status === "bad" ? 1 : 0;
	}
	return { done, bad, isComplete: (await readEnd(storage, folder, run)) !== undefined };
}

/**
 * The line of every item that has one in the manifests of a shard's chunks. Chunks of an earlier command may have the same
 * items, divided otherwise: an item that is done in one of them is done.
 *
 * @param folder of the shard: a key with a slash at its end.
 * @param run    as `PinnedRun.id`. Manifests of another run count as none.
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function* chunkLines(storage: Storage, folder: string, run: string): AsyncGenerator<DoneLine | BadLine> {
	const chunks = chunksFolder(folder);
	const states = [...(await listChunks(storage, chunks))].sort(([a], [b]) => (a < b ? -1 : 1));
	const seen = new PathTable();
	const bad: BadLine[] = [];
	const read = ([id, state]: (typeof states)[number]) => readChunk(storage, chunkKey(chunks, id, state), run);
	for await (const lines of mapAhead(states, AT_ONCE, read)) {
		for (const line of lines?.known.values() ?? []) {
			const hash = hashPath(line.path);
			if (line.status === "bad") {
				bad.push(line);
			} else if (seen.get(hash) === undefined) {
				seen.set(hash, 1);
				yield line;
			}
		}
	}
	for (const line of bad) {
		const hash = hashPath(line.path);
		if (seen.get(hash) === undefined) {
			seen.set(hash, 1);
			yield line;
		}
	}
}
