import { EventEmitter, once } from "node:events";
import { DinosegError } from "@dinoseg/core/errors";
import { type JobSource, startConsumer, type TakenJob } from "./consumer.ts";
import type { JsonValue } from "./json-value.ts";
import {
	type ConsumeOptions,
	type Consumer,
	type JobFailure,
	type JobOutcome,
	type JobQueue,
	MOST_WAITING,
	type QueueCounts,
	type QueuedJob,
	type QueuedRun,
	type RunCounts,
	type WorkerState,
} from "./queue.ts";

export interface MemoryQueueOptions {
	/** The time, milliseconds from any moment on. */
	now(): number;
	/** While so many jobs wait, `add` waits. @default 4096 */
	readonly mostWaiting?: number;
}

interface Entry {
	readonly job: QueuedJob;
	state: "waiting" | "active" | "failed";
	noted: JsonValue | undefined;
	failure?: JobFailure;
}

interface Tally {
	ended: number;
	failed: number;
	readonly counts: Record<string, number>;
}

/** A queue in this process. Nobody outside sees it, and it goes with the process; no lease is ever lost. */
export function createMemoryQueue(options: MemoryQueueOptions): JobQueue {
	return new MemoryQueue(options);
}

class MemoryQueue implements JobQueue, JobSource {
	readonly url = "memory:";
	readonly #now: () => number;
	readonly #mostWaiting: number;
	readonly #runs = new Map<string, QueuedRun>();
	readonly #tallies = new Map<string, Tally>();
	readonly #entries = new Map<string, Entry>();
	/** Ids of the jobs that wait, the next one first. */
	readonly #waiting: string[] = [];
	readonly #workers = new Map<string, { readonly state: WorkerState; readonly until: number }>();
	readonly #consumers = new Set<Consumer>();
	readonly #end = new AbortController();
	/** Tells everybody who waits that jobs came or went. */
	readonly #change = new EventEmitter().setMaxListeners(0);

	constructor({ now, mostWaiting = MOST_WAITING }: MemoryQueueOptions) {
		this.#now = now;
		this.#mostWaiting = mostWaiting;
	}

	async openRun(run: QueuedRun): Promise<void> {
		this.#runs.set(run.id, run);
	}

	async readRun(id: string): Promise<QueuedRun | undefined> {
		return this.#runs.get(id);
	}

	async listRuns(): Promise<readonly QueuedRun[]> {
		return [...this.#runs.values()];
	}

	async runCounts(id: string): Promise<RunCounts> {
		const { ended, failed, counts } = this.#tally(id);
		return { ended, failed, counts: { ...counts } };
	}

	async add(jobs: readonly QueuedJob[], signal?: AbortSignal): Promise<void> {
		const stop = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]);
		for (const job of jobs) {
			await this.#waitUntil(() => this.#waiting.length < this.#mostWaiting, stop);
			if (stop.aborted) {
				throw new DinosegError("ABORTED", "Adding jobs to the queue was aborted. Those added before stay in it.");
			}
			if (!this.#entries.has(job.id)) {
				this.#entries.set(job.id, { job, state: "waiting", noted: undefined });
				this.#waiting.push(job.id);
				this.#change.emit("change");
			}
		}
	}

	async pending(ids: readonly string[]): Promise<ReadonlySet<string>> {
		return new Set(ids.filter((id) => ["waiting", "active"].includes(this.#entries.get(id)?.state ?? "")));
	}

	async forgetFailed(ids: readonly string[]): Promise<ReadonlyMap<string, JobFailure>> {
		const failures = new Map<string, JobFailure>();
		for (const id of ids) {
			const entry = this.#entries.get(id);
			if (entry?.failure !== undefined) {
				failures.set(id, entry.failure);
				this.#entries.delete(id);
				const tally = this.#tally(entry.job.run);
				tally.ended -= 1;
				tally.failed -= 1;
			}
		}
		return failures;
	}

	async counts(): Promise<QueueCounts> {
		const states = [...this.#entries.values()].map(({ state }) => state);
		const count = (wanted: Entry["state"]) => states.filter((state) => state === wanted).length;
		return { waiting: count("waiting"), active: count("active"), failed: count("failed") };
	}

	consume(options: ConsumeOptions): Consumer {
		const consumer = startConsumer(this, options);
		this.#consumers.add(consumer);
		return consumer;
	}

	async take(stop: AbortSignal, onEmpty: () => void): Promise<TakenJob | undefined> {
		if (this.#waiting.length === 0) {
			onEmpty();
		}
		await this.#waitUntil(() => this.#waiting.length > 0, stop);
		const entry = stop.aborted ? undefined : this.#entries.get(this.#waiting.shift() ?? "");
		if (entry === undefined) {
			return undefined;
		}
		entry.state = "active";
		this.#change.emit("change");
		return {
			lease: {
				job: entry.job,
				stalls: 0,
				noted: entry.noted,
				signal: this.#end.signal,
				async note(data) {
					entry.noted = data;
				},
			},
			settle: async (outcome) => this.#settle(entry, outcome),
		};
	}

	async announce(state: WorkerState, forMs: number): Promise<void> {
		this.#workers.set(state.id, { state, until: this.#now() + forMs });
	}

	async withdraw(id: string): Promise<void> {
		this.#workers.delete(id);
	}

	async workers(): Promise<readonly WorkerState[]> {
		const now = this.#now();
		for (const [id, { until }] of this.#workers) {
			if (until <= now) {
				this.#workers.delete(id);
			}
		}
		return [...this.#workers.values()].map(({ state }) => state);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end.abort();
		const consumers = [...this.#consumers];
		for (const consumer of consumers) {
			consumer.drain();
		}
		await Promise.allSettled(consumers.map(({ ended }) => ended));
	}

	#settle(entry: Entry, outcome: JobOutcome): void {
		const { id, run } = entry.job;
		if (outcome.type === "returned") {
			entry.state = "waiting";
			this.#waiting.unshift(id);
		} else {
			const tally = this.#tally(run);
			tally.ended += 1;
			if (outcome.type === "failed") {
				const { code, message } = outcome;
				entry.state = "failed";
				entry.failure = { code, message };
				tally.failed += 1;
			} else {
				this.#entries.delete(id);
				for (const [name, count] of Object.entries(outcome.counts)) {
					tally.counts[name] = (tally.counts[name] ?? 0) + count;
				}
			}
		}
		this.#change.emit("change");
	}

	#tally(run: string): Tally {
		const tally = this.#tallies.get(run) ?? { ended: 0, failed: 0, counts: {} };
		this.#tallies.set(run, tally);
		return tally;
	}

	/** Ends when something holds, or when `stop` aborts. */
	async #waitUntil(holds: () => boolean, stop: AbortSignal): Promise<void> {
		while (!holds() && !stop.aborted) {
			await once(this.#change, "change", { signal: stop }).catch(() => undefined);
		}
	}
}
