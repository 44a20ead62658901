import type { DinosegError } from "@dinoseg/core/errors";
import type { BatchGap } from "../batch-item.ts";
import type { QueuedBatch, QueuedItem } from "../chunk/chunk-job.ts";
import type { ChunkBounds } from "../chunk/chunks.ts";
import type { BadLine, OpenLine } from "../manifest-line.ts";
import type { JobQueue } from "../queue/queue.ts";
import type { PinnedRun } from "../run-file.ts";
import type { Storage } from "../storage/storage.ts";

/** How far a batch is, as its queue counts. */
export interface ProducedState {
	/** Items that workers did since this command began. */
	readonly done: number;
	/** Items that were done before. */
	readonly present: number;
	readonly failed: number;
	/** Nothing while they are being added. */
	readonly total: number | undefined;
}

export type ProducerEvent =
	| { readonly type: "gap"; readonly error: DinosegError }
	| { readonly type: "state"; readonly state: ProducedState }
	/** An item that has no output, as the manifest of its chunk says. */
	| { readonly type: "failed"; readonly line: BadLine | OpenLine }
	/** All items were looked at: so many of them are to be done, and are in the queue. */
	| { readonly type: "added"; readonly items: number; readonly left: number; readonly chunks: number }
	/** A worker refuses the run, which is offered again. */
	| { readonly type: "refused"; readonly error: DinosegError }
	/** The queue lost chunks, and has them again. */
	| { readonly type: "lost"; readonly chunks: number };

export interface ProducerOptions {
	readonly queue: JobQueue;
	/** Of the outputs, and of the manifests. */
	readonly storage: Storage;
	/** Of the shard: a key with a slash at its end. */
	readonly folder: string;
	readonly run: PinnedRun;
	/** What workers have to know. */
	readonly batch: Pick<QueuedBatch, "version" | "terms">;
	/** Some at a time, in an order that is the same every time as far as possible. */
	readonly items: AsyncIterable<readonly (QueuedItem | BatchGap)[]>;
	/** @default CHUNK_BOUNDS */
	readonly bounds?: ChunkBounds;
	/** Do everything anew, and replace what is there. */
	readonly force: boolean;
	/** Read again what was written before. */
	readonly verify: boolean;
	/** Try what is in quarantine again. */
	readonly retryBad: boolean;
	/** Between two looks at the queue, milliseconds. */
	readonly pollMs: number;
	/** Ends it; what was added stays in the queue. */
	readonly stop: AbortSignal;
	/** As `WorkerOptions.pause`. */
	pause(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
	/** Milliseconds, monotonic. */
	now(): number;
	onEvent(event: ProducerEvent): void;
}
