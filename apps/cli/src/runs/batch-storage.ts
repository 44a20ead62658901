import { VERSION } from "@dinoseg/core";
import type { DinosegError } from "@dinoseg/core/errors";
import {
	type BatchOutcome,
	createMemoryQueue,
	type OpenRun,
	type PinnedRun,
	pinRun,
	produceBatch,
	runWorker,
	type Shard,
	type Storage,
	shardKey,
	type WorkerEvent,
} from "@dinoseg/jobs";
import type { CommandContext, ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { type BatchFlags, checkBatchInputs, checkStoredFlags, shardOf } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { batchItems } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { imageOf, queuedItems } from "../inputs/queued-items.ts";
import { reportBatch } from "./batch-report.ts";
import { settingsOf } from "./batch-settings.ts";
import { type BatchLog, createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { planBatch } from "./plan-batch.ts";
import { termsOf } from "./run-terms.ts";
import { storedOutputs } from "./stored-outputs.ts";

/** Between two looks at the queue, which is in this process. */
const POLL_MS = 50;
/** No lease is lost in one process. */
const LEASE_MS = 60_000;

/** Segment every image of a shard that is not done yet, into a bucket. */
export async function runStoredBatch(
	context: CommandContext,
	inputs: readonly string[],
	flags: BatchFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkBatchInputs(inputs, flags);
	checkStoredFlags(flags, false);
	const { output, force = false } = flags;
	const shard = shardOf(context, flags);
	const names = await givenNames(flags, parsed);
	const { limit, sessions } = planBatch(flags.concurrency);
	await using storage = await openOutput(context, output);
	await using segmenter = await openSegmenter(context, flags, parsed, sessions);
	segmenter.validate(parsed.options);
	const settings = settingsOf(segmenter, parsed, names, flags);
	const pinned = { shards: shard.count, firstIndex: shard.firstIndex, chunks: true, settings };
	const run = await pinRun(storage, pinned, { force });
	tellBundledModel(context, segmenter.model, flags);
	const start = context.now();
	const log = createBatchLog(context, flags.quiet === true);
	const terms = termsOf(context, segmenter, parsed, names, flags.figure === true);
	const outputs = { ...storedOutputs(context, { storage, segmenter, terms }), async [Symbol.asyncDispose]() {} };
	const outcome = await work(context, { inputs, flags, storage, shard, run, outputs, limit, log }).finally(() =>
		log.end(),
	);
	return await reportBatch(context, { flags, storage, run, shard, outcome, log, start });
}

interface StoredBatch {
	readonly inputs: readonly string[];
	readonly flags: BatchFlags;
	readonly storage: Storage;
	readonly shard: Shard;
	readonly run: PinnedRun;
	readonly outputs: OpenRun;
	readonly limit: number;
	readonly log: BatchLog;
}

/** Put the images into a queue of this process, and take them out again. */
async function work(
	context: CommandContext,
	{ inputs, flags, storage, shard, run, outputs, limit, log }: StoredBatch,
): Promise<BatchOutcome> {
	const { now } = context;
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
		open: async () => outputs,
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
			items: queuedItems(batchItems(context, { inputs, ...flags }, shard), context.cwd),
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
