import { VERSION } from "@dinoseg/core";
import type { DinosegError } from "@dinoseg/core/errors";
import {
	type BatchOutcome,
	createMemoryQueue,
	type PinnedRun,
	produceBatch,
	type RunOutputs,
	runWorker,
	type Shard,
	shardKey,
	type WorkerEvent,
} from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import type { ProducedFlags } from "../flags/batch-flags.ts";
import type { BatchItems } from "../inputs/batch-items.ts";
import { imageOf, queuedItems } from "../inputs/queued-items.ts";
import type { BatchLog } from "./follow-batch.ts";

/** Between two looks at the queue, which is in this process. */
const POLL_MS = 50;
/** No lease is lost in one process. */
const LEASE_MS = 60_000;

/** Images whose outputs lie in a storage, and how this process makes them. */
export interface ProducedHere {
	readonly items: BatchItems;
	readonly flags: ProducedFlags;
	readonly shard: Shard;
	readonly run: PinnedRun;
	readonly outputs: RunOutputs;
	/** Images in work at the same time. */
	readonly limit: number;
	readonly log: BatchLog;
}

/**
 * Make every output of a shard that is not there yet: put the images into a queue of this process, and take them out again.
 *
 * @throws DinosegError as `produceBatch`
 */
export async function produceHere(context: CommandContext, produced: ProducedHere): Promise<BatchOutcome> {
	try {
		return await produceAndWork(context, produced);
	} finally {
		produced.log.end();
	}
}

async function produceAndWork(
	context: CommandContext,
	{ items, flags, shard, run, outputs, limit, log }: ProducedHere,
): Promise<BatchOutcome> {
	const { now } = context;
	const { storage } = outputs;
	const pause = (milliseconds: number, signal?: AbortSignal) => context.pause(milliseconds, signal);
	await using queue = createMemoryQueue({ now });
	const done = new AbortController();
	const failed = new AbortController();
	const counts = { done: 0, present: 0, bad: 0, open: 0 };
	let stopped: DinosegError | undefined;
	const working = runWorker({
		queue,
		id: "here",
		version: VERSION,
		about: {},
		limit,
		leaseMs: LEASE_MS,
		failFast: flags.failFast === true,
		stop: done.signal,
		// They are disposed of by whoever opened them.
		open: async () => ({ ...outputs, async [Symbol.asyncDispose]() {} }),
		pause,
		now,
		onEvent: (event) => follow(event, log, counts),
	}).catch((error: unknown) => {
		stopped = asDinosegError(error, storage.uri);
		failed.abort();
	});
	const { force = false, verify = false, retryBad = false } = flags;
	try {
		return await produceBatch({
			queue,
			storage,
			folder: shardKey(shard),
			run,
			batch: { version: VERSION, terms: null },
			items: queuedItems(items, context.cwd),
			force,
			verify,
			retryBad,
			pollMs: POLL_MS,
			stop: failed.signal,
			pause,
			now,
			onEvent(event) {
				if (event.type === "gap") {
					counts.open += 1;
					log.follow(event);
				} else if (event.type === "state") {
					log.look(event.state);
				}
			},
		});
	} catch (error) {
		if (stopped === undefined) {
			throw error;
		}
		return { ...counts, stopped };
	} finally {
		done.abort();
		await working;
	}
}

function follow(
	told: WorkerEvent,
	log: BatchLog,
	counts: { done: number; present: number; bad: number; open: number },
) {
	if (told.type !== "item") {
		return;
	}
	const { event } = told;
	if (event.type === "done" || event.type === "present") {
		counts[event.type] += 1;
	} else if (event.type === "failed") {
		counts[event.isKept ? "bad" : "open"] += 1;
	}
	log.follow("item" in event ? { ...event, item: imageOf(event.item) } : event);
}
