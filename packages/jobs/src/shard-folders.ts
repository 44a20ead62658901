import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { chunkLines, summariseChunks } from "./chunk/chunk-lines.ts";
import { MANIFEST_FILE, manifestLines } from "./manifest.ts";
import type { BadLine, DoneLine } from "./manifest-line.ts";
import { hashPath } from "./path-hash.ts";
import { PathTable } from "./path-table.ts";
import type { PinnedRun } from "./run-file.ts";
import type { Shard } from "./shard.ts";
import type { Storage } from "./storage/storage.ts";

/** The folder of all shards, in the output folder. */
const SHARDS_FOLDER = "shards";

/** The folder of a shard's manifest and lock. */
export function shardFolder(output: string, shard: Shard): string {
	return join(output, SHARDS_FOLDER, shardName(shard));
}

/** The same in a storage: a key with a slash at its end. */
export function shardKey(shard: Shard): string {
	return `${SHARDS_FOLDER}/${shardName(shard)}/`;
}

/** Names sort like the numbers. */
function shardName({ number, count }: Shard): string {
	const digits = String(count).length;
	return `${String(number).padStart(digits, "0")}-of-${count}`;
}

/** How far a shard is. */
export interface ShardState extends Shard {
	readonly done: number;
	readonly bad: number;
	/** Everything was looked at, and nothing is left to try again. */
	readonly isComplete: boolean;
}

/** The number by which a scheduler calls a shard. */
export function indexOfShard({ number }: Pick<Shard, "number">, { firstIndex }: PinnedRun): number {
	return firstIndex + number - 1;
}

/**
 * How far every shard of a run is, in their order; one that never began has no items.
 *
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function* shardStates(storage: Storage, run: PinnedRun): AsyncGenerator<ShardState> {
	const begun = run.chunks ? undefined : new Set(await readdir(join(storage.uri, SHARDS_FOLDER)).catch(() => []));
	for (let number = 1; number <= run.shards; number++) {
		const shard = { number, count: run.shards };
		const { done, bad, isComplete } =
			begun === undefined
				? await summariseChunks(storage, shardKey(shard), run.id)
				: begun.has(shardName(shard))
					? await readShard(shardFolder(storage.uri, shard), run)
					: { done: 0, bad: 0, isComplete: false };
		yield { ...shard, done, bad, isComplete };
	}
}

/**
 * The line of every item of a shard that has one, in the order in which they were made.
 *
 * @throws DinosegError MANIFEST_INVALID
 */
export async function* itemLines(folder: string, run: PinnedRun): AsyncGenerator<DoneLine | BadLine> {
	const { last } = await readShard(folder, run);
	let number = 0;
	for await (const line of manifestLines(join(folder, MANIFEST_FILE))) {
		number += 1;
		if ((line.status === "done" || line.status === "bad") && Math.abs(last.get(hashPath(line.path)) ?? 0) === number) {
			yield line;
		}
	}
}

/**
 * The line of every item of a run that has one, shard by shard.
 *
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function* runLines(storage: Storage, run: PinnedRun): AsyncGenerator<DoneLine | BadLine> {
	for (let number = 1; number <= run.shards; number++) {
		const shard = { number, count: run.shards };
		yield* run.chunks ? chunkLines(storage, shardKey(shard), run.id) : itemLines(shardFolder(storage.uri, shard), run);
	}
}

/** A manifest of another run counts as none. */
async function readShard(folder: string, run: PinnedRun) {
	/** The number of the last line of an item; of one in quarantine, as a negative one. */
	const last = new PathTable();
	const counts = { done: 0, bad: 0 };
	let isComplete = false;
	let number = 0;
	for await (const line of manifestLines(join(folder, MANIFEST_FILE))) {
		number += 1;
		isComplete = line.status === "end";
		if (line.status === "run" && line.run !== run.id) {
			break;
		}
		if (line.status === "done" || line.status === "bad") {
			const hash = hashPath(line.path);
			const before = last.get(hash);
			if (before !== undefined) {
				counts[before < 0 ? "bad" : "done"] -= 1;
			}
			counts[line.status] += 1;
			last.set(hash, line.status === "bad" ? -number : number);
		}
	}
	return { last, isComplete, ...counts };
}
