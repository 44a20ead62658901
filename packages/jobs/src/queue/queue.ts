import type { JsonValue } from "./json-value.ts";

/** Jobs that wait at most, unless told otherwise: `add` waits then. */
export const MOST_WAITING = 4096;

/** A piece of work for one worker: references and options, never pixels. */
export interface QueuedJob {
	/**
	 * The same work has the same id: where one waits, is in work or failed, no second is added. One that is done may be
	 * added anew.
	 */
	readonly id: string;
	/** The run that it belongs to. */
	readonly run: string;
	readonly data: JsonValue;
}

/** What all jobs of a run have in common. */
export interface QueuedRun {
	readonly id: string;
	readonly data: JsonValue;
}

/** A job in the hands of a worker, for as long as the worker gives signs of life; giving them is the queue's. */
export interface Lease {
	readonly job: QueuedJob;
	/** Workers that gave no sign of life while they had it. */
	readonly stalls: number;
	/** What the last worker noted, as far as it came. @default nothing was noted */
	readonly noted: JsonValue | undefined;
	/** Aborts when the job was given to another worker, or the queue is disposed of. */
	readonly signal: AbortSignal;
	/** Keep something for the worker that takes the job over, if this one dies. */
	note(data: JsonValue): Promise<void>;
}

/** What became of a job. */
export type JobOutcome =
	/** `counts` are added to those of its run. */
	| { readonly type: "done"; readonly counts: Readonly<Record<string, number>> }
	/** It is given to another worker at once, and is no worse for it. */
	| { readonly type: "returned" }
	/** It stays in the queue as failed, and is not tried again. */
	| { readonly type: "failed"; readonly code: string; readonly message: string };

/** Why a job failed. */
export type JobFailure = Pick<Extract<JobOutcome, { type: "failed" }>, "code" | "message">;

/** What happens to the queue itself. */
export type QueueEvent =
	/** It does not answer; everything goes on when it does. */
	| { readonly type: "away"; readonly message: string }
	| { readonly type: "back" }
	/** Another worker gave no sign of life, and its job is given to the next. */
	| { readonly type: "stalled"; readonly job: string }
	/** This worker gave no sign of life for too long: what it makes of the job counts no more. */
	| { readonly type: "lost"; readonly job: string };

export interface ConsumeOptions {
	/** Jobs in work at the same time. */
	readonly concurrency: number;
	/** How long a worker may give no sign of life before its job is given to another, milliseconds. */
	readonly leaseMs: number;
	/** Do a job. What it throws makes the job a returned one, and ends the consumer with that error. */
	handle(lease: Lease): Promise<JobOutcome>;
	onEvent?(event: QueueEvent): void;
}

/** Takes jobs until it is told to stop. */
export interface Consumer {
	/** Settles when it has ended, and rejects with what a job threw. */
	readonly ended: Promise<void>;
	/**
	 * Take no new job, and end when those in work have. What became of them is told no more if the server cannot be told
	 * soon: they are given to other workers when their leases end.
	 */
	drain(): void;
	/** Whether there was nothing to take when it last asked, and it has no job in work. */
	isIdle(): boolean;
}

/** How far a run is. */
export interface RunCounts {
	/** Jobs that are done or failed. One that two workers ended counts once. */
	readonly ended: number;
	/** Those of them that failed. */
	readonly failed: number;
	/** The sums of the counts of those that are done. */
	readonly counts: Readonly<Record<string, number>>;
}

export interface QueueCounts {
	readonly waiting: number;
	readonly active: number;
	readonly failed: number;
}

/** A worker, as it tells of itself. */
export interface WorkerState {
	readonly id: string;
	readonly data: JsonValue;
}

/**
 * Jobs that wait for workers: in this process, or on a server for all machines.
 *
 * Convention: at least once. A job is given to one worker at a time as far as the queue can know, and given again if its
 * worker gives no sign of life; so what a job makes must be the same when it is made twice. The queue may forget
 * everything: whoever adds jobs sees by their outputs which are missing.
 */
export interface JobQueue extends AsyncDisposable {
	/** Where it is, without a password. */
	readonly url: string;
	/** Make a run known to workers. The data of one of the same id are replaced, and its counts stay. @throws DinosegError QUEUE_* */
	openRun(run: QueuedRun): Promise<void>;
	/** @returns nothing of a run that the queue does not know, or no more. @throws DinosegError QUEUE_*, ABORTED */
	readRun(id: string, signal?: AbortSignal): Promise<QueuedRun | undefined>;
	/** The runs that it knows. To look at one does not keep it. @throws DinosegError QUEUE_* */
	listRuns(): Promise<readonly QueuedRun[]>;
	/** @throws DinosegError QUEUE_* */
	runCounts(id: string): Promise<RunCounts>;
	/**
	 * Add jobs; while too many wait, this waits.
	 *
	 * @throws DinosegError QUEUE_*, ABORTED
	 */
	add(jobs: readonly QueuedJob[], signal?: AbortSignal): Promise<void>;
	/** Which of these jobs wait or are in work, by id. @throws DinosegError QUEUE_* */
	pending(ids: readonly string[]): Promise<ReadonlySet<string>>;
	/**
	 * Take the failed ones of these jobs out, so that they can be added anew.
	 *
	 * @returns why they failed, by id.
	 * @throws DinosegError QUEUE_*
	 */
	forgetFailed(ids: readonly string[]): Promise<ReadonlyMap<string, JobFailure>>;
	counts(): Promise<QueueCounts>;
	consume(options: ConsumeOptions): Consumer;
	/**
	 * Tell of a worker. It is forgotten when it does so no more for `forMs` milliseconds. A server that is away is not
	 * waited for.
	 *
	 * @throws DinosegError QUEUE_*
	 */
	announce(worker: WorkerState, forMs: number): Promise<void>;
	/** A worker goes. A server that is away is not waited for. @throws DinosegError QUEUE_* */
	withdraw(id: string): Promise<void>;
	workers(): Promise<readonly WorkerState[]>;
}
