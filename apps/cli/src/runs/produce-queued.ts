import { VERSION } from "@dinoseg/core";
import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import {
	type BatchOutcome,
	type JobQueue,
	type JsonValue,
	openQueue,
	type PinnedRun,
	type ProducerEvent,
	produceBatch,
	type QueueEvent,
	type Storage,
	shardKey,
	WHOLE,
} from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import type { ProducedFlags } from "../flags/batch-flags.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { BatchItems } from "../inputs/batch-items.ts";
import { queuedItems } from "../inputs/queued-items.ts";
import type { BatchLog } from "./follow-batch.ts";

/** Between two looks at the queue, milliseconds. */
const POLL_MS = 1000;

/** Images whose outputs workers make, and how these are to make them. */
export interface ProducedByWorkers {
	readonly items: BatchItems;
	readonly flags: ProducedFlags;
	readonly queue: JobQueue;
	readonly storage: Storage;
	readonly run: PinnedRun;
	/** As `writeTerms` gives them. */
	readonly terms: JsonValue;
	readonly log: BatchLog;
}

/** Open a queue, and tell when it goes and comes. Errors as `openQueue`. */
export function openToldQueue(url: string, log: BatchLog): Promise<JobQueue> {
	return openQueue(url, { onEvent: (event) => tellQueue(log, event) });
}

/**
 * Put every image whose output is not there yet into a queue, and wait until workers have made it.
 *
 * @throws DinosegError as `produceBatch`
 */
export async function produceQueued(context: CommandContext, produced: ProducedByWorkers): Promise<BatchOutcome> {
	const { log } = produced;
	const withdraw = context.onInterrupt(() => {
		log.end();
		log.note("Workers go on with what is in the queue. The same command follows them again, and adds the rest.");
	});
	try {
		return await follow(context, produced);
	} finally {
		log.end();
		withdraw();
	}
}

function follow(
	context: CommandContext,
	{ items, flags, queue, storage, run, terms, log }: ProducedByWorkers,
): Promise<BatchOutcome> {
	const { force = false, verify = false, retryBad = false } = flags;
	const refusals = new Set<string>();
	return produceBatch({
		queue,
		storage,
		folder: shardKey(WHOLE),
		run,
		batch: { version: VERSION, terms },
		items: queuedItems(items, context.cwd),
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
	});
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
