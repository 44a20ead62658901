import { isDinosegError } from "@dinoseg/core/errors";
import type { QueueEvent, WorkerEvent } from "@dinoseg/jobs";
import type { Logger } from "pino";
import { shellMessage } from "../flags/shell-message.ts";
import { describeDuration } from "../progress/progress.ts";

/** Writes what a worker tells to the log: with the ids of run, job and image for programs, in words for people. */
export function createWorkerLog(log: Logger, now: () => number): (event: WorkerEvent) => void {
	const starts = new Map<string, number>();
	const msSince = (key: string): number => {
		const start = starts.get(key) ?? now();
		starts.delete(key);
		return Math.round(now() - start);
	};
	const tellItem = ({ run, job, event }: Extract<WorkerEvent, { type: "item" }>): void => {
		if (event.type === "gap") {
			return;
		}
		const image = event.item.path;
		const ids = { run, job, image };
		const key = `${run} ${image}`;
		switch (event.type) {
			case "start":
				starts.set(key, now());
				break;
			case "done": {
				const ms = msSince(key);
				log.info({ ...ids, ms }, `${image} done in ${describeDuration(ms)}`);
				break;
			}
			case "retry": {
				const { error, waitMs } = event;
				log.warn({ ...ids, code: error.code, waitMs }, `${shellMessage(error)} Again in ${describeDuration(waitMs)}.`);
				break;
			}
			case "failed": {
				const { error, isKept } = event;
				log.error({ ...ids, code: error.code, quarantine: isKept, ms: msSince(key) }, shellMessage(error));
				break;
			}
			default:
				log.debug({ ...ids, status: event.type }, `${image} was done before`);
		}
	};
	return (event) => {
		switch (event.type) {
			case "run":
				tellRun(log, event);
				break;
			case "chunk-start": {
				const { run, job, items, stalls } = event;
				starts.set(job, now());
				log.info(
					{ run, job, images: items, stalls },
					`${items} ${items === 1 ? "image begins" : "images begin"}${stalls > 0 ? ", left by another worker" : ""}`,
				);
				break;
			}
			case "chunk-end": {
				const { run, job, outcome, error } = event;
				const counts = outcome.type === "done" ? outcome.counts : {};
				const told = { run, job, outcome: outcome.type, ...counts, ms: msSince(job) };
				if (outcome.type === "failed") {
					const { code, message } = outcome;
					log.error({ ...told, code }, `a chunk is refused: ${message}`);
				} else if (error !== undefined) {
					log.warn({ ...told, code: error.code }, `a chunk goes back to the queue: ${shellMessage(error)}`);
				} else {
					log.info(told, outcome.type === "done" ? "a chunk is done" : "a chunk goes back to the queue");
				}
				break;
			}
			case "item":
				tellItem(event);
				break;
			case "queue":
				tellQueue(log, event.event);
				break;
			default:
				event satisfies never;
		}
	};
}

function tellRun(log: Logger, { run, kind, output }: Extract<WorkerEvent, { type: "run" }>): void {
	const what = kind === "segment" ? "a run with results" : "the parts of a codebook";
	log.info({ run, kind, output }, `${what} in ${output}`);
}

function tellQueue(log: Logger, event: QueueEvent): void {
	switch (event.type) {
		case "away":
			log.warn(event.message);
			break;
		case "back":
			log.info("the queue answers again");
			break;
		case "stalled":
			log.warn({ job: event.job }, "another worker gave no sign of life, and its chunk goes to the next");
			break;
		case "lost":
			log.warn({ job: event.job }, "this worker gave no sign of life for too long, and its chunk is another's now");
			break;
		default:
			event satisfies never;
	}
}

/** What ends a worker, for its log. */
export function tellEnd(log: Logger, error: unknown): void {
	if (isDinosegError(error)) {
		log.error({ code: error.code }, shellMessage(error));
	} else {
		log.error({ err: error }, "a fault inside dinoseg");
	}
}
