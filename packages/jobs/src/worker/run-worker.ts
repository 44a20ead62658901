import { setMaxListeners } from "node:events";
import { type DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { checkVersion, type QueuedBatch, type QueuedItem, readChunkJob, readQueuedBatch } from "../chunk/chunk-job.ts";
import { faultKind } from "../fault.ts";
import type { JsonValue } from "../queue/json-value.ts";
import type { Consumer, JobOutcome, JobQueue, Lease, QueueEvent } from "../queue/queue.ts";
import type { BatchEvent } from "../run-batch.ts";
import type { RunKind } from "../run-file.ts";
import { createItemRate } from "./item-rate.ts";
import { createRunKeeper, type OpenRun } from "./run-keeper.ts";
import { createSlots } from "./slots.ts";
import { workChunk } from "./work-chunk.ts";

/** What a worker tells. */
export type WorkerEvent =
	/** It loads what makes the outputs of a run. */
	| { readonly type: "run"; readonly run: string; readonly kind: RunKind; readonly output: string }
	| {
			readonly type: "chunk-start";
			readonly run: string;
			readonly job: string;
			readonly items: number;
			readonly stalls: number;
	  }
	| { readonly type: "item"; readonly run: string; readonly job: string; readonly event: BatchEvent<QueuedItem> }
	| {
			readonly type: "chunk-end";
			readonly run: string;
			readonly job: string;
			readonly outcome: JobOutcome;
			/** Why it is returned. */
			readonly error?: DinosegError;
	  }
	| { readonly type: "queue"; readonly event: QueueEvent };

export interface WorkerOptions {
	readonly queue: JobQueue;
	/** Tells it from all other workers. */
	readonly id: string;
	/** Version of dinoseg that `open` gives: runs of other ones are refused. */
	readonly version: string;
	/** What it tells of itself besides how far it is. */
	readonly about: Readonly<Record<string, JsonValue>>;
	/** Items in work at the same time. */
	readonly limit: number;
	/** As `ConsumeOptions.leaseMs`. */
	readonly leaseMs: number;
	/** End when nothing waits and nobody works. @default it waits for more */
	readonly untilEmpty?: boolean;
	/**
	 * Whether it serves whatever command comes: it waits for a storage that is away, and leaves an input that is not there to
	 * the next command, since another machine may see it. @default false
	 */
	readonly isService?: boolean;
	/** End at the first failure. @default false */
	readonly failFast?: boolean;
	/** Aborts when it is to finish what is in work, and end. */
	readonly stop: AbortSignal;
	/** Load what makes the outputs of a run. @throws DinosegError RUN_MISMATCH if this machine would make others */
	open(batch: QueuedBatch): Promise<OpenRun>;
	/** Wait. False at once when the signal aborts, and where the worker is to end then. */
	pause(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
	/** Milliseconds, monotonic. */
	now(): number;
	onEvent(event: WorkerEvent): void;
}

/** Chunks in work at the same time: the next one begins before the last items of this one end. */
const CHUNKS = 2;
/** Between two signs of life, for people who watch, and for how long one of them holds. */
const ANNOUNCE_MS = 5000;
const FORGET_MS = 20_000;
/** For how long a run that could not be opened is refused without another try, milliseconds: a try may load a model. */
const REFUSED_MS = 10_000;
/** How long a chunk is held whose storage is away, milliseconds. */
const AWAY_MS = 10_000;
/** How long a chunk is held that is refused, milliseconds. */
const REFUSING_MS = 100;
/** Between two looks whether the queue is empty. */
const EMPTY_MS = 500;

/**
 * Work on the chunks of a queue until it is told to stop.
 *
 * The chunks of a run that cannot be opened here, or that another dinoseg made, fail: so they do not stand before those of
 * other runs. The command that added them tells why, or adds them anew while others work on the run.
 *
 * @throws DinosegError what every chunk would meet here, such as a disk that is full. The chunks that were in work are given
 *   back to the queue.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
	const { queue, limit, leaseMs, untilEmpty = false, failFast = false, isService = false, onEvent } = options;
	const ending = new AbortController();
	const stop = AbortSignal.any([options.stop, ending.signal]);
	// Every item that waits to be tried again listens, and every chunk.
	setMaxListeners(0, stop);
	const pause = (milliseconds: number, signal = stop) => options.pause(milliseconds, signal);
	const slots = createSlots(limit);
	const rate = createItemRate(options.now);
	const batches = new Map<string, QueuedBatch>();
	const refusals = new Map<string, Refusal>();
	let current: QueuedBatch | undefined;
	await using runs = createRunKeeper(async (run) => {
		const batch = batches.get(run) as QueuedBatch;
		onEvent({ type: "run", run, kind: batch.kind, output: batch.output });
		return options.open(batch).catch((error: unknown) => {
			if (isDinosegError(error) && faultKind(error) !== "passing") {
				refusals.set(run, { error, at: options.now() });
			}
			throw error;
		});
	}, stop);
	const announce = async (): Promise<void> => {
		const how = { output: current?.output ?? null, inWork: slots.taken(), perSecond: rate.perSecond() };
		// That the queue does not hear it is told by the consumer.
		await queue.announce({ id: options.id, data: { ...options.about, ...how } }, FORGET_MS).catch(() => undefined);
	};

	const work = async (lease: Lease): Promise<JobOutcome> => {
		const { id, run } = lease.job;
		const queued = await queue.readRun(run, stop);
		if (queued === undefined) {
			// The command that added it finds that out, and adds both anew.
			const message = `The queue does not know the run ${run}. Run the command again that added it.`;
			return { type: "failed", code: "RUN_MISMATCH", message };
		}
		const batch = readQueuedBatch(queued);
		checkVersion(batch, run, options.version);
		const refusal = refusals.get(run);
		if (refusal !== undefined && options.now() - refusal.at < REFUSED_MS) {
			throw refusal.error;
		}
		batches.set(run, batch);
		const job = readChunkJob(lease.job);
		const tell = (event: BatchEvent<QueuedItem>): void => {
			if (event.type !== "start" && event.type !== "retry") {
				rate.add();
			}
			onEvent({ type: "item", run, job: id, event });
		};
		const outcome = await runs.use(run, (outputs) => {
			current = batch;
			void announce();
			onEvent({ type: "chunk-start", run, job: id, items: job.items.length, stalls: lease.stalls });
			const { run: pinned, folder, verify, force } = batch;
			return workChunk({
				job,
				isService,
				verify,
				force,
				lease,
				run: pinned,
				folder,
				outputs,
				slots,
				failFast,
				stop,
				pause,
				onEvent: tell,
			});
		});
		return outcome ?? { type: "returned" };
	};
	const consumer = queue.consume({
		concurrency: CHUNKS,
		leaseMs,
		async handle(lease) {
			const { id: job, run } = lease.job;
			try {
				const outcome = stop.aborted ? ({ type: "returned" } as const) : await work(lease);
				onEvent({ type: "chunk-end", run, job, outcome });
				return outcome;
			} catch (error) {
				if (stop.aborted && isDinosegError(error) && error.code === "ABORTED") {
					return { type: "returned" };
				}
				if (isDinosegError(error) && (error.code === "RUN_MISMATCH" || refusals.get(run)?.error === error)) {
					const { code, message } = error;
					const outcome = { type: "failed", code, message } as const;
					onEvent({ type: "chunk-end", run, job, outcome });
					// Whoever does not refuse is to be quicker than this one.
					await pause(REFUSING_MS);
					return outcome;
				}
				if (isService && isDinosegError(error) && faultKind(error) === "passing") {
					onEvent({ type: "chunk-end", run, job, outcome: { type: "returned" }, error });
					await pause(AWAY_MS);
					return { type: "returned" };
				}
				// The other chunk meets the same: it need not be worked on to its end.
				ending.abort();
				onEvent({ type: "chunk-end", run, job, outcome: { type: "returned" } });
				throw error;
			}
		},
		onEvent: (event) => onEvent({ type: "queue", event }),
	});
	const drain = (): void => consumer.drain();
	stop.addEventListener("abort", drain, { once: true });
	if (stop.aborted) {
		drain();
	}
	const ended = new AbortController();
	const announcing = (async () => {
		do {
			await announce();
		} while (await options.pause(ANNOUNCE_MS, ended.signal));
		await queue.withdraw(options.id).catch(() => undefined);
	})();
	if (untilEmpty) {
		drainWhenEmpty(queue, consumer, pause).catch(drain);
	}
	try {
		await consumer.ended;
	} finally {
		ending.abort();
		ended.abort();
		await announcing;
	}
}

/** Why a run is not worked on. */
interface Refusal {
	readonly error: DinosegError;
	/** Milliseconds. */
	readonly at: number;
}

/** A worker may die, and leave its chunk to this one: so this one waits for the others. */
async function drainWhenEmpty(
	queue: JobQueue,
	consumer: Consumer,
	pause: (milliseconds: number) => Promise<boolean>,
): Promise<void> {
	while (await pause(EMPTY_MS)) {
		if (consumer.isIdle()) {
			const { waiting, active } = await queue.counts();
			if (waiting + active === 0) {
				return consumer.drain();
			}
		}
	}
}
