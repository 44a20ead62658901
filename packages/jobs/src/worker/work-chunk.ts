import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import type { BatchItem } from "../batch-item.ts";
import type { ChunkJob, QueuedItem } from "../chunk/chunk-job.ts";
import { type ChunkState, chunkKey, tryReadChunk, writeChunk } from "../chunk/chunk-manifest.ts";
import { faultKind } from "../fault.ts";
import type { KnownStatus } from "../manifest.ts";
import type { BadLine, DoneLine, OpenLine } from "../manifest-line.ts";
import { patiently } from "../patiently.ts";
import type { JobOutcome, Lease } from "../queue/queue.ts";
import { type BatchEvent, runBatch } from "../run-batch.ts";
import { checkRun } from "../run-file.ts";
import { createBegunNotes } from "./begun-notes.ts";
import { joinSignals } from "./join-signals.ts";
import type { ChunkOutputs, RunOutputs } from "./run-outputs.ts";
import type { Slots } from "./slots.ts";

export interface ChunkOptions {
	readonly job: ChunkJob;
	/** As `WorkerOptions.isService`. */
	readonly isService: boolean;
	/** As `QueuedBatch.verify`. */
	readonly verify: boolean;
	/** As `QueuedBatch.force`. */
	readonly force: boolean;
	readonly lease: Lease;
	/** As `PinnedRun.id`. */
	readonly run: string;
	/** As `QueuedBatch.folder`. */
	readonly folder: string;
	readonly outputs: RunOutputs;
	readonly slots: Slots;
	/** End at the first failure. */
	readonly failFast: boolean;
	/** Aborts when no item is to begin any more. */
	readonly stop: AbortSignal;
	/** As `WorkerOptions.pause`. @param signal `stop` unless it is given. */
	pause(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
	onEvent(event: BatchEvent<QueuedItem>): void;
}

/**
 * Workers that may end while they have an item in work, before nobody tries it again. Few would blame items that were in work
 * by chance where workers are killed often.
 */
const MOST_DEATHS = 5;

/** How often a chunk is given back because of a storage that is away for some of its items. */
const MOST_RETURNS = 10;

/**
 * Do the items of a chunk, and write its manifest when all have ended.
 *
 * An item that was in work when a worker died, or that may have ended one, is done first, and alone in the worker: if it ends the next
 * one too, it is known which item it was. After the fifth one it is put into quarantine, and the others are done.
 *
 * @throws DinosegError RUN_MISMATCH if the storage does not hold the run; what every other item would meet too. What was done until then is in the manifest.
 */
export async function workChunk(options: ChunkOptions): Promise<JobOutcome> {
	const { job, isService, verify, force, lease, run, folder, slots, failFast, pause, onEvent } = options;
	const { storage } = options.outputs;
	const { chunk: id, items } = job;
	using joined = joinSignals([options.stop, lease.signal]);
	const stop = joined.signal;
	await patiently(() => checkRun(storage, run), pause);
	const read = (state: ChunkState) => patiently(() => tryReadChunk(storage, chunkKey(folder, id, state), run), pause);
	const complete = await read("complete");
	if (complete !== undefined) {
		// Of a worker that ended before it could tell.
		const done = doneLines(complete.known).length;
		return { type: "done", counts: { present: done, bad: complete.known.size - done } };
	}
	const known = new Map(((await read("open")) ?? (await read("part")))?.known);
	const outputs = options.outputs.openChunk(doneLines(known));
	const found = await patiently(() => lookAt(known, verify, outputs), pause);
	const open: OpenLine[] = [];
	let isCut = false;
	const write = (isEnded: boolean) =>
		patiently(
			async () => {
				const made = doneLines(known);
				const sealed = await outputs.seal(made);
				for (const { path } of made) {
					known.delete(path);
				}
				for (const line of sealed) {
					known.set(line.path, line);
				}
				return writeChunk(storage, { run, folder, id, items, known, open, isEnded });
			},
			// What is known is worth some seconds, also where the worker is to end.
			(milliseconds) => pause(milliseconds, lease.signal),
		);
	const notes = createBegunNotes(lease, stop);
	const suspects = items.filter(({ path }) => notes.deaths(path) > 0);
	for (const item of suspects.filter(({ path }) => notes.deaths(path) >= MOST_DEATHS)) {
		const error = workersDied(item);
		const { code, message } = error;
		known.set(item.path, { path: item.path, status: "bad", code, message });
		onEvent({ type: "failed", item, error, isKept: true });
	}

	const outcome = await runBatch<QueuedItem>({
		items: (async function* () {
			yield [...suspects, ...items];
		})(),
		manifest: {
			status: (path) => (known.get(path)?.status === "bad" ? "bad" : found.get(path)),
			async add(line) {
				if (line.status === "done" || line.status === "bad") {
					known.set(line.path, line);
				}
			},
		},
		limit: slots.count,
		isThere: () => true,
		async work(item, isChanged) {
			const isSuspect = notes.deaths(item.path) > 0;
			const release = await slots.take(isSuspect ? slots.count : 1);
			let endsWorker = false;
			try {
				throwIfLeft(stop);
				await notes.begin(item.path);
				throwIfLeft(stop);
				// Now, and not when it began to wait for a place.
				onEvent({ type: "start", item });
				if (isSuspect) {
					await outputs.clear(item);
				}
				return await outputs.work(item, isChanged || force);
			} catch (error) {
				endsWorker = mayBeAtFault(item, error);
				throw error;
			} finally {
				if (!endsWorker) {
					notes.end(item.path);
				}
				release();
			}
		},
		failFast,
		pause,
		isPassing: ({ code }) => isService && code === "INPUT_NOT_FOUND",
		onEvent(event) {
			if (event.type === "start") {
				return;
			}
			if (event.type === "failed" && !event.isKept) {
				const { code, message } = event.error;
				if (isLeft(event.error) || (stop.aborted && faultKind(event.error) === "passing")) {
					isCut = true;
					return;
				}
				open.push({ path: event.item.path, status: "open", code, message });
			}
			onEvent(event);
		},
	});

	const away = open.find(({ code }) => code === "STORAGE_UNREACHABLE");
	if (isService && away !== undefined && notes.returns < MOST_RETURNS) {
		open.length = 0;
		await notes.addReturn();
		await write(false).catch(() => undefined);
		throw new DinosegError("STORAGE_UNREACHABLE", away.message);
	}
	if (outcome.stopped === undefined && !isCut) {
		await write(true);
		const { done, present, bad } = outcome;
		return { type: "done", counts: { done, present, bad, open: open.length } };
	}
	open.length = 0;
	await notes.leave();
	if (outcome.stopped !== undefined && !isLeft(outcome.stopped)) {
		// It may be the storage that is at fault.
		await write(false).catch(() => undefined);
		throw outcome.stopped;
	}
	// Of another worker's chunk, that one writes the manifest.
	if (known.size > 0 && !lease.signal.aborted) {
		await write(false);
	}
	return { type: "returned" };
}

/**
 * Whether an item may be at fault for an error that ends the worker, as any other may. It stays noted then, as if the worker
 * had died of it: of one that ends every worker, the others are done in the end.
 */
function mayBeAtFault({ source }: BatchItem, error: unknown): boolean {
	if (!isDinosegError(error)) {
		return false;
	}
	const { code, details } = error;
	return (
		code === "INTERNAL" || code === "MODEL_RUN_FAILED" || (code === "STORAGE_REFUSED" && details["uri"] === source)
	);
}

function doneLines(known: ReadonlyMap<string, DoneLine | BadLine>): DoneLine[] {
	return [...known.values()].filter((line) => line.status === "done");
}

/** What is there of the outputs that are known. */
async function lookAt(
	known: Map<string, DoneLine | BadLine>,
	verify: boolean,
	outputs: ChunkOutputs,
): Promise<Map<string, KnownStatus>> {
	const found = new Map<string, KnownStatus>();
	const lines = doneLines(known);
	const look = async (line: DoneLine): Promise<void> => {
		if (verify) {
			found.set(line.path, (await outputs.isSame(line)) ? "done" : "changed");
		} else if (await outputs.isThere(line)) {
			found.set(line.path, "done");
		}
	};
	if (verify) {
		// Whole files are read: one output after the other.
		for (const line of lines) {
			await look(line);
		}
	} else {
		await Promise.all(lines.map(look));
	}
	return found;
}

function workersDied({ path, source }: BatchItem): DinosegError {
	return new DinosegError(
		"WORKER_DIED",
		`${source}: ${MOST_DEATHS} workers ended while they worked on it. Look in their logs for what ended them, such as too little memory, and try it again.`,
		{ details: { path } },
	);
}

/** An item that is left to whoever takes the chunk next. */
function throwIfLeft(stop: AbortSignal): void {
	if (stop.aborted) {
		throw new DinosegError("ABORTED", "The worker is to end. The next one goes on with this chunk.");
	}
}

function isLeft(error: unknown): boolean {
	return isDinosegError(error) && error.code === "ABORTED";
}
