import { DinosegError } from "@dinoseg/core/errors";
import type { BatchItem } from "../batch-item.ts";
import type { JsonValue } from "../queue/json-value.ts";
import type { QueuedJob, QueuedRun } from "../queue/queue.ts";
import { RUN_KINDS, type RunKind } from "../run-file.ts";

/** An item as it lies in a queue. */
export type QueuedItem = BatchItem & { readonly [key: string]: JsonValue };

/** What all chunks of a run have in common: everything that a worker has to know. */
export interface QueuedBatch {
	/** The version of dinoseg that makes the outputs. */
	readonly version: string;
	readonly kind: RunKind;
	/** As `PinnedRun.id`. */
	readonly run: string;
	/** Storage of outputs and manifests, as `Storage.uri`. */
	readonly output: string;
	/** Of the manifests of the chunks: a key with a slash at its end. */
	readonly folder: string;
	/** What the outputs are made by. */
	readonly terms: JsonValue;
	/** Items that were added to the queue by the last command; null while they are being added. */
	readonly added: number | null;
	/** Items of the run that were counted before that command, as `RunCounts` has them. */
	readonly before: number;
	/** Whether the outputs that the manifests tell of are read again, as the last command says. */
	readonly verify: boolean;
	/** Whether an output that is there is replaced, as the last command says. */
	readonly force: boolean;
}

/** What a worker is to do. */
export interface ChunkJob {
	/** As `Chunk.id`. */
	readonly chunk: string;
	readonly items: readonly QueuedItem[];
}

/**
 * Read what the chunks of a run have in common.
 *
 * @throws DinosegError RUN_MISMATCH if it is not written as this dinoseg does
 */
export function readQueuedBatch({ id, data }: QueuedRun): QueuedBatch {
	const batch = data as unknown as Partial<QueuedBatch> | null;
	const texts = [batch?.version, batch?.run, batch?.output, batch?.folder];
	if (!texts.every((text) => typeof text === "string") || !RUN_KINDS.some((kind) => kind === batch?.kind)) {
		throw unknown("run", id);
	}
	return batch as QueuedBatch;
}

/** @throws DinosegError RUN_MISMATCH if another version of dinoseg began the run */
export function checkVersion(batch: QueuedBatch, run: string, version: string): void {
	if (batch.version !== version) {
		throw new DinosegError(
			"RUN_MISMATCH",
			`The run ${run} was begun by dinoseg ${batch.version}, and this is dinoseg ${version}. Have workers of the version of the run, or begin it anew with this one.`,
			{ details: { run, expected: batch.version, actual: version } },
		);
	}
}

/** @throws DinosegError RUN_MISMATCH if it is not written as this dinoseg does */
export function readChunkJob({ id, data }: QueuedJob): ChunkJob {
	const { chunk, items } = (data ?? {}) as unknown as Partial<ChunkJob>;
	const isItem = (item: Partial<QueuedItem> | null) =>
		typeof item?.path === "string" && typeof item.source === "string";
	if (typeof chunk !== "string" || !Array.isArray(items) || !items.every(isItem)) {
		throw unknown("job", id);
	}
	return { chunk, items };
}

function unknown(what: "run" | "job", id: string): DinosegError {
	return new DinosegError(
		"RUN_MISMATCH",
		`The ${what} ${id} in the queue is none that this dinoseg understands. Use one version of dinoseg everywhere, and a queue for nothing else.`,
		{ details: { [what]: id } },
	);
}
