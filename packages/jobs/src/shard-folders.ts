import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { MANIFEST_FILE, manifestLines } from "./manifest.ts";
import type { BadLine, DoneLine } from "./manifest-line.ts";
import { hashPath } from "./path-hash.ts";
import { PathTable } from "./path-table.ts";
import type { PinnedRun } from "./run-file.ts";
import type { Shard } from "./shard.ts";

/** The folder of all shards, in the output folder. */
const SHARDS_FOLDER = "shards";

/** The folder of a shard's manifest and lock. Names sort like the numbers. */
export function shardFolder(output: string, { number, count }: Shard): string {
	const digits = String(count).length;
	return join(output, SHARDS_FOLDER, `${String(number).padStart(digits, "0")}-of-${count}`);
}

/** How far a shard is. */
export interface ShardState extends Shard {
	readonly done: number;
	readonly bad: number;
	/** Everything was looked at, and nothing is left to try again. */
	readonly isComplete: boolean;
}

/**
 * How far every shard of a run is, in their order; one that never began has no items.
 *
 * @throws DinosegError MANIFEST_INVALID
 */
export async function* shardStates(output: string, run: PinnedRun): AsyncGenerator<ShardState> {
	const begun = new Set(await readdir(join(output, SHARDS_FOLDER)).catch(() => []));
	for (let number = 1; number <= run.shards; number++) {
		const shard = { number, count: run.shards };
		const folder = shardFolder(output, shard);
		const { done, bad, isComplete } = begun.has(basename(folder))
			? await readShard(folder, run)
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
 * @throws DinosegError MANIFEST_INVALID
 */
export async function* runLines(output: string, run: PinnedRun): AsyncGenerator<DoneLine | BadLine> {
	for (let number = 1; number <= run.shards; number++) {
		yield* itemLines(shardFolder(output, { number, count: run.shards }), run);
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
