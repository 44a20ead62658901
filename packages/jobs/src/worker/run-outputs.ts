import type { QueuedItem } from "../chunk/chunk-job.ts";
import type { DoneLine } from "../manifest-line.ts";
import type { BatchOptions } from "../run-batch.ts";
import type { Storage } from "../storage/storage.ts";

/** What makes the outputs of a run, and where they go. */
export interface RunOutputs {
	readonly storage: Storage;
	/**
	 * Begin with a chunk.
	 *
	 * @param lines what its manifest tells of items that another worker did. It may be out of date.
	 */
	openChunk(lines: readonly DoneLine[]): ChunkOutputs;
}

/** Makes the outputs of the items of a chunk. */
export interface ChunkOutputs {
	/**
	 * Make the output of an item. The storage has it when this ends, or when `seal` does. One that is there, and the wanted
	 * one, is as good.
	 *
	 * @param replaces whether another one that is there is replaced.
	 * @throws DinosegError
	 */
	work(item: QueuedItem, replaces: boolean): ReturnType<BatchOptions<QueuedItem>["work"]>;
	/** Remove what a worker left half-written that ended without a word while it made the output of an item. */
	clear(item: QueuedItem): Promise<void>;
	/** Whether the output of an item is there, by its mark. @throws DinosegError STORAGE_* */
	isThere(line: DoneLine): Promise<boolean>;
	/** Whether every file of an output is what its line says. @throws DinosegError STORAGE_* */
	isSame(line: DoneLine): Promise<boolean>;
	/**
	 * See that the storage has what the items have in common, before the manifest of the chunk tells of it.
	 *
	 * @param lines of the items that are done, as far as is known.
	 * @returns the same as the manifest is to have them; an item whose line is missing is to be done again.
	 * @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE
	 */
	seal(lines: readonly DoneLine[]): Promise<readonly DoneLine[]>;
}
