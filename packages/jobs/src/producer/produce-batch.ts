import { createHash } from "node:crypto";
import { removeEnd, writeEnd } from "../chunk/chunk-end.ts";
import type { ChunkJob, QueuedBatch, QueuedItem } from "../chunk/chunk-job.ts";
import { type ChunkState, chunksFolder, listChunks, reopenChunk } from "../chunk/chunk-manifest.ts";
import { type Chunk, chunkItems } from "../chunk/chunks.ts";
import { patiently } from "../patiently.ts";
import type { JsonValue } from "../queue/json-value.ts";
import type { BatchOutcome } from "../run-batch.ts";
import type { PinnedRun } from "../run-file.ts";
import type { Storage } from "../storage/storage.ts";
import { type AwaitedChunk, followChunks } from "./follow-chunks.ts";
import { packItems, unpackItems } from "./packed-items.ts";
import type { ProducerOptions } from "./producer-options.ts";

/** Chunks that are looked at, and added, at the same time. */
const AT_ONCE = 16;

/**
 * Put what is to be done into a queue, and wait until workers have done it.
 *
 * The manifests in the storage are the truth: a chunk that has a complete one is not added, one without is added again if the
 * queue has lost it. So the queue may forget everything, and the same command goes on after anything.
 *
 * @throws DinosegError ABORTED, QUEUE_*, STORAGE_*, OUTPUT_UNWRITABLE, MANIFEST_INVALID; what `items` throws
 */
export async function produceBatch(options: ProducerOptions): Promise<BatchOutcome> {
	const { queue, storage, folder, run, batch, force, stop, onEvent } = options;
	const manifests = chunksFolder(folder);
	const runId = queueRunId(storage.uri, folder, run);
	const jobId = (chunk: string): string => `${runId}-${chunk}`;
	const patient = <T>(action: () => Promise<T>): Promise<T> =>
		patiently(action, (milliseconds) => options.pause(milliseconds, stop));
	if (force) {
		await patient(() => removeManifests(storage, manifests));
	}
	const states = force ? new Map<string, ChunkState>() : await patient(() => listChunks(storage, manifests));
	const base = await queue.runCounts(runId);
	const before = Object.values(base.counts).reduce((sum, count) => sum + count, 0);
	const common = {
		...batch,
		force,
		verify: options.verify,
		kind: run.kind,
		run: run.id,
		output: storage.uri,
		folder: manifests,
		before,
	};
	const open = (added: number | null): Promise<void> =>
		queue.openRun({ id: runId, data: { ...common, added } satisfies QueuedBatch as unknown as JsonValue });
	await open(null);

	const chunks: string[] = [];
	const awaited = new Map<string, AwaitedChunk>();
	const skipped: string[] = [];
	const totals = { items: 0, added: 0, chunks: 0, forgotten: 0, gaps: 0 };
	const add = async (some: readonly AwaitedChunk[]): Promise<void> => {
		const jobs = some.map(({ id: chunk, packed }) => {
			const job: ChunkJob = { chunk, items: unpackItems(packed) };
			return { id: jobId(chunk), run: runId, data: job as unknown as JsonValue };
		});
		await queue.add(jobs, stop);
	};
	const take = async ({ id, items }: Chunk<QueuedItem>): Promise<void> => {
		chunks.push(id);
		totals.items += items.length;
		const there = { folder: manifests, id, state: states.get(id), run: run.id };
		if (!(await patient(() => isToDo(options, there)))) {
			skipped.push(id);
			return;
		}
		if (awaited.size === 0) {
			await patient(() => removeEnd(storage, folder));
		}
		const chunk = { id, items: items.length, packed: packItems(items), isAdded: false };
		awaited.set(id, chunk);
		// Of an earlier command. They had been counted as ended.
		const { size: forgotten } = await queue.forgetFailed([jobId(id)]);
		totals.forgotten += forgotten;
		totals.added += items.length;
		totals.chunks += 1;
		await add([chunk]);
		chunk.isAdded = true;
	};
	const adding = async (): Promise<void> => {
		const coming = chunkItems(options.items, run.id, options.bounds);
		await forEachOf(coming, AT_ONCE, async (chunk) => {
			if ("error" in chunk) {
				totals.gaps += 1;
				onEvent({ type: "gap", error: chunk.error });
			} else {
				await take(chunk);
			}
		});
		await open(totals.added);
		onEvent({ type: "added", items: totals.items, left: totals.added, chunks: totals.chunks });
	};
	const addAgain = async (lost: readonly AwaitedChunk[]): Promise<void> => {
		await open(totals.added);
		await add(lost);
	};
	const followed = { base, runId, jobId, awaited, skipped, totals, adding: adding(), addAgain };
	const found = await followChunks(options, followed);
	const isEnd = found.open === 0 && totals.gaps === 0;
	if (isEnd) {
		await patient(() => writeEnd(storage, folder, run.id, chunks));
	}
	const { done, present, bad } = found;
	return { done, present, bad, open: found.open + totals.gaps };
}

/** Runs of the same settings in two storages are two runs in a queue. */
function queueRunId(uri: string, folder: string, { id }: PinnedRun): string {
	return createHash("sha256").update([id, uri, folder].join("\0")).digest("hex").slice(0, 16);
}

async function removeManifests(storage: Storage, folder: string): Promise<void> {
	for await (const objects of storage.list(folder)) {
		await storage.remove(objects.map(({ key }) => key));
	}
}

/** Whether a chunk is to be worked on; where its manifest says too much for that, it says less then. */
async function isToDo(
	{ storage, verify, retryBad }: ProducerOptions,
	chunk: {
		readonly folder: string;
		readonly id: string;
		readonly state: ChunkState | undefined;
		readonly run: string;
	},
): Promise<boolean> {
	const { state } = chunk;
	if (state === undefined || (state === "part" && !retryBad)) {
		return true;
	}
	const stays = (line: { readonly status: string }): boolean => !retryBad || line.status === "done";
	return reopenChunk(storage, { ...chunk, state }, { stays, always: state !== "complete" || verify });
}

/** Do something with each item of a stream, in their order as far as it begins, with some at the same time. */
async function forEachOf<T>(items: AsyncIterable<T>, limit: number, work: (item: T) => Promise<void>): Promise<void> {
	const inWork = new Set<Promise<void>>();
	let failure: { readonly thrown: unknown } | undefined;
	for await (const item of items) {
		const working = work(item)
			.catch((thrown: unknown) => {
				failure ??= { thrown };
			})
			.finally(() => inWork.delete(working));
		inWork.add(working);
		if (inWork.size === limit) {
			await Promise.race(inWork);
		}
		if (failure !== undefined) {
			break;
		}
	}
	await Promise.all(inWork);
	if (failure !== undefined) {
		throw failure.thrown;
	}
}
