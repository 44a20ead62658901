import { createHash } from "node:crypto";
import type { BatchGap, BatchItem } from "../batch-item.ts";
import { createItemFilter } from "../item-filter.ts";
import { hashPath } from "../path-hash.ts";

/** Some items of a run: what one worker takes at a time. */
export interface Chunk<Item extends BatchItem> {
	/** The same items of the same run have the same id: 16 hexadecimal digits. */
	readonly id: string;
	readonly items: readonly Item[];
}

export interface ChunkBounds {
	/** A chunk ends at one of so many items, by the hash of its path. */
	readonly mean: number;
	/** A chunk ends when it has so many items. */
	readonly most: number;
}

/** With fewer the queue is busier; with more, the last chunks of a run on a thousand machines take longer (bench/scale.ts). */
export const CHUNK_BOUNDS: ChunkBounds = { mean: 16, most: 64 };

/**
 * Divide items into chunks. One that comes twice is taken once, and a second one of the same path is a gap.
 *
 * Where a chunk ends is decided by its own items. So one item more, or less, changes one chunk, and most often no other.
 *
 * Source: content-defined chunking as in Muthitacharoen et al. 2001, doi:10.1145/502034.502052, over paths in place of bytes.
 *
 * @param run as `PinnedRun.id`.
 */
export async function* chunkItems<Item extends BatchItem>(
	items: AsyncIterable<readonly (Item | BatchGap)[]>,
	run: string,
	{ mean, most }: ChunkBounds = CHUNK_BOUNDS,
): AsyncGenerator<Chunk<Item> | BatchGap> {
	const filter = createItemFilter();
	let chunk: Item[] = [];
	for await (const some of items) {
		for (const item of some) {
			if ("error" in item) {
				yield item;
				continue;
			}
			const { isNew, conflict } = filter(item);
			if (conflict !== undefined) {
				yield { error: conflict };
			}
			if (isNew) {
				chunk.push(item);
				// Shards are told apart by the lower half: of one of 64, every path might end a chunk, or none.
				if (chunk.length === most || hashPath(item.path).high % mean === 0) {
					yield { id: chunkId(run, chunk), items: chunk };
					chunk = [];
				}
			}
		}
	}
	if (chunk.length > 0) {
		yield { id: chunkId(run, chunk), items: chunk };
	}
}

function chunkId(run: string, items: readonly BatchItem[]): string {
	const hash = createHash("sha256").update(run);
	for (const { path } of items) {
		// No path has this character.
		hash.update("\0").update(path);
	}
	return hash.digest("hex").slice(0, 16);
}
