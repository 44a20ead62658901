import { VERSION } from "@dinoseg/core";
import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import {
	type BatchOutcome,
	type JobQueue,
	openQueue,
	type PinnedRun,
	type ProducerEvent,
	pinRun,
	produceBatch,
	type QueueEvent,
	type Storage,
	shardKey,
	WHOLE,
} from "@dinoseg/jobs";
import type { CommandContext, ExitCode } from "../commands/context.ts";
import { type BatchFlags, checkBatchInputs, checkStoredFlags } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { shellMessage } from "../flags/shell-message.ts";
import { batchItems } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { queuedItems } from "../inputs/queued-items.ts";
import { reportBatch } from "./batch-report.ts";
import { settingsOf } from "./batch-settings.ts";
import { type BatchLog, createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { termsOf, writeTerms } from "./run-terms.ts";

/** Between two looks at the queue, milliseconds. */
const POLL_MS = 1000;

/** Put every image that is not done yet into a queue, and wait until workers have segmented them. */
export async function runQueuedBatch(
	context: CommandContext,
	inputs: readonly string[],
	flags: BatchFlags & { readonly queue: string },
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkBatchInputs(inputs, flags);
	checkStoredFlags(flags, true);
	const { output, quiet = false } = flags;
	const start = context.now();
	const log = createBatchLog(context, quiet);
	await using storage = await openOutput(context, output);
	await using queue = await openQueue(flags.queue, { onEvent: (event) => tellQueue(log, event) });
	const { run, terms } = await beginRun(context, flags, parsed, storage);
	const withdraw = context.onInterrupt(() => {
		log.end();
		log.note("Workers go on with what is in the queue. The same command follows them again, and adds the rest.");
	});
	try {
		const outcome = await follow(context, { inputs, flags, storage, queue, run, terms, log }).finally(() => log.end());
		return await reportBatch(context, { flags, storage, run, shard: WHOLE, outcome, log, start });
	} finally {
		withdraw();
	}
}

/** Note what the run is made by, beside its results. The model is loaded for that, since its weights count. */
async function beginRun(context: CommandContext, flags: BatchFlags, parsed: ParsedFlags, storage: Storage) {
	const names = await givenNames(flags, parsed);
	await using segmenter = await openSegmenter(context, flags, parsed);
	segmenter.validate(parsed.options);
	const settings = settingsOf(segmenter, parsed, names, flags);
	const pinned = { shards: 1, firstIndex: 1, chunks: true, settings };
	const run = await pinRun(storage, pinned, { force: flags.force === true });
	const terms = termsOf(context, segmenter, parsed, names, flags.figure === true);
	return { run, terms: await writeTerms(terms, storage) };
}

interface FollowedBatch {
	readonly inputs: readonly string[];
	readonly flags: BatchFlags;
	readonly storage: Storage;
	readonly queue: JobQueue;
	readonly run: PinnedRun;
	readonly terms: Awaited<ReturnType<typeof writeTerms>>;
	readonly log: BatchLog;
}

function follow(context: CommandContext, { inputs, flags, storage, queue, run, terms, log }: FollowedBatch) {
	const { force = false, verify = false, retryBad = false } = flags;
	const refusals = new Set<string>();
	return produceBatch({
		queue,
		storage,
		folder: shardKey(WHOLE),
		run,
		batch: { version: VERSION, terms },
		items: queuedItems(batchItems(context, { inputs, ...flags }, WHOLE), context.cwd),
		force,
		verify,
		retryBad,
		pollMs: POLL_MS,
		stop: new AbortController().signal,
		pause: (milliseconds, signal) => context.pause(milliseconds, signal),
		now: context.now,
		onEvent(event) {
			tellProducer(log, refusals, event);
			if (event.type === "added" && event.chunks > 0) {
				void tellWorkers(queue, log);
			}
		},
	}) satisfies Promise<BatchOutcome>;
}

/** @param refusals that were told before: a worker may refuse every second. */
function tellProducer(log: BatchLog, refusals: Set<string>, event: ProducerEvent): void {
	switch (event.type) {
		case "gap":
			log.follow(event);
			break;
		case "state":
			log.look(event.state);
			break;
		case "failed": {
			const { path, status, code, message } = event.line;
			const error = new DinosegError(code as ErrorCode, message);
			log.follow({ type: "failed", item: { path, source: path, input: path }, error, isKept: status === "bad" });
			break;
		}
		case "added":
			if (event.chunks > 0) {
				log.note(`${count(event.items, "image")}, ${event.left} to do, in ${count(event.chunks, "chunk")}`);
			}
			break;
		case "refused": {
			const reason = shellMessage(event.error);
			if (!refusals.has(reason)) {
				refusals.add(reason);
				log.note(`warning A worker refuses this run, which is offered to others: ${reason}`);
			}
			break;
		}
		case "lost":
			log.note(`The queue lost ${count(event.chunks, "chunk")}, and has them again.`);
			break;
		default:
			event satisfies never;
	}
}

/** Somebody who waits for ever should know why. */
async function tellWorkers(queue: JobQueue, log: BatchLog): Promise<void> {
	const workers = await queue.workers().catch(() => undefined);
	if (workers?.length === 0) {
		log.note(`No worker is there yet. Start some: dinoseg worker --queue ${queue.url}`);
	}
}

function tellQueue(log: BatchLog, event: QueueEvent): void {
	if (event.type === "away") {
		log.note(`warning ${event.message}`);
	} else if (event.type === "back") {
		log.note("The queue answers again.");
	}
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
