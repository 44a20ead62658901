import type { SegmentationEvent } from "@dinoseg/core";
import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import type { JobStatus } from "../api/job-status.ts";

/** What is told of a job while it runs. */
export type JobEvent =
	| SegmentationEvent
	| { readonly type: "download"; readonly bytes: number; readonly totalBytes: number }
	| { readonly type: "status"; readonly status: JobStatus };

/** Tells what happens to a job. The first sign of life is that it runs. */
export type JobTeller = (event: Exclude<JobEvent, { readonly type: "status" }> | { readonly type: "begin" }) => void;

/** What a job does. */
export type JobWork = (signal: AbortSignal, tell: JobTeller) => Promise<void>;

export interface Job {
	readonly id: string;
	readonly status: JobStatus;
	/** Why it failed. */
	readonly error?: unknown;
	/** Everything that was told of it, in order. */
	readonly events: readonly JobEvent[];
	/** Whether it was cancelled, though it may not have ended yet. */
	readonly isEnding: boolean;
	/** When it is through: never rejects. */
	readonly ended: Promise<void>;
	/** Hear what is told from now on, until the function that is returned is called. */
	listen(listener: (event: JobEvent) => void): () => void;
}

export interface JobsOptions {
	/** Jobs that may wait, beside those that run. */
	readonly capacity: number;
	/** Jobs that are computed at the same time: for the guess how long one waits. */
	readonly workers: number;
	/** Milliseconds, monotonic. */
	now(): number;
	/** Told of each job that failed, with the reason. */
	onFailure(id: string, error: unknown): void;
}

/** Jobs that run, wait or ended not long ago. */
export interface Jobs {
	readonly waiting: number;
	readonly running: number;
	find(id: string): Job | undefined;
	/**
	 * Take a place in the queue before the work is known, such as while an image arrives. It must be given back.
	 *
	 * @throws DinosegError QUEUE_FULL, SERVICE_STOPPING
	 */
	reserve(): () => void;
	/**
	 * Begin a job, or join the one of this name that waits or runs.
	 *
	 * @param holds true for one that goes on though nobody waits for it, until it is cancelled.
	 * @param isPlaced true if each that waits for it has reserved a place: it takes none of its own. Default: false.
	 * @throws DinosegError QUEUE_FULL, SERVICE_STOPPING
	 */
	start(id: string, work: JobWork, holds: boolean, isPlaced?: boolean): Job;
	/**
	 * Wait for a job. When all that wait for it have gone, it is cancelled, unless it is held.
	 *
	 * @throws why the job failed; DinosegError ABORTED if it was cancelled, or the signal fired; SERVICE_STOPPING
	 */
	wait(job: Job, signal: AbortSignal): Promise<void>;
	/** Cancel a job for all that wait for it. @returns false if it has ended before */
	cancel(id: string): boolean;
	/** Seconds after which a refused request may be sent again. */
	retryAfterSeconds(): number;
	/** Take no more jobs, and wait for those that are there; those that are left after `graceMs` are cancelled. */
	stop(graceMs: number): Promise<void>;
}

/** Jobs that are remembered after their end. */
const REMEMBERED = 1000;
const RETRY_SECONDS = { min: 1, max: 60 };
/** Weight of the last job in the mean of all. */
const RECENT = 0.2;

interface OwnJob extends Job {
	status: JobStatus;
	error?: unknown;
	events: JobEvent[];
	ended: Promise<void>;
	readonly controller: AbortController;
	readonly isPlaced: boolean;
	isHeld: boolean;
	waiters: number;
}

export function createJobs({ capacity, workers, now, onFailure }: JobsOptions): Jobs {
	const active = new Map<string, OwnJob>();
	/** In the order of their end. */
	const ended = new Map<string, OwnJob>();
	let reserved = 0;
	let isStopping = false;
	let meanSeconds = 1;

	const count = (isCounted: (job: OwnJob) => boolean): number => [...active.values()].filter(isCounted).length;
	const taken = (): number => count(({ isPlaced }) => !isPlaced) + reserved;

	const retryAfterSeconds = (): number => {
		const seconds = Math.ceil((meanSeconds * taken()) / workers);
		return Math.min(RETRY_SECONDS.max, Math.max(RETRY_SECONDS.min, seconds));
	};

	const checkRoom = (): void => {
		if (isStopping) {
			throw stopping();
		}
		if (taken() >= capacity + workers) {
			const seconds = retryAfterSeconds();
			throw new DinosegError("QUEUE_FULL", `The queue is full. Send the request again in ${seconds} s.`, {
				details: { retryAfterSeconds: seconds },
			});
		}
	};

	const start: Jobs["start"] = (id, work, holds, isPlaced = false) => {
		const known = active.get(id);
		// One that is about to end by a cancel gives nothing.
		if (known !== undefined && !known.isEnding) {
			known.isHeld ||= holds;
			return known;
		}
		if (!isPlaced) {
			checkRoom();
		}
		const { job, tell, setStatus } = createJob(id, holds, isPlaced);
		job.ended = Promise.resolve().then(() => run(job, work, tell, setStatus));
		active.set(id, job);
		ended.delete(id);
		return job;
	};

	const run = async (job: OwnJob, work: JobWork, tell: Tell, setStatus: SetStatus): Promise<void> => {
		const { id, controller } = job;
		let begunAt: number | undefined;
		try {
			await work(controller.signal, (event) => {
				if (begunAt === undefined) {
					begunAt = now();
					setStatus("running");
				}
				if (event.type !== "begin") {
					tell(event);
				}
			});
			setStatus("done");
		} catch (error) {
			job.error = error;
			if (controller.signal.aborted && isAborted(error)) {
				setStatus("cancelled");
			} else {
				setStatus("failed");
				onFailure(id, error);
			}
		}
		if (begunAt !== undefined && job.status === "done") {
			meanSeconds += RECENT * ((now() - begunAt) / 1000 - meanSeconds);
		}
		if (active.get(id) === job) {
			active.delete(id);
			ended.set(id, job);
		}
		if (ended.size > REMEMBERED) {
			ended.delete(ended.keys().next().value as string);
		}
	};

	const wait: Jobs["wait"] = async (awaited, signal) => {
		const job = awaited as OwnJob;
		job.waiters += 1;
		let leave = (): void => {};
		const gone = new Promise<void>((resolve) => {
			leave = resolve;
		});
		signal.addEventListener("abort", leave, { once: true });
		try {
			await (signal.aborted ? undefined : Promise.race([job.ended, gone]));
		} finally {
			signal.removeEventListener("abort", leave);
			job.waiters -= 1;
			if (job.waiters === 0 && !job.isHeld && isActive(job)) {
				job.controller.abort();
			}
		}
		if (isActive(job)) {
			throw new DinosegError("ABORTED", "The client went away.");
		}
		if (job.status === "cancelled" && isStopping) {
			throw stopping();
		}
		if (job.error !== undefined) {
			throw job.error;
		}
	};

	return {
		get waiting() {
			return count(({ status, isPlaced }) => status === "queued" && !isPlaced) + reserved;
		},
		get running() {
			return count(({ status }) => status === "running");
		},
		find: (id) => active.get(id) ?? ended.get(id),
		reserve() {
			checkRoom();
			reserved += 1;
			let isGiven = true;
			return () => {
				reserved -= isGiven ? 1 : 0;
				isGiven = false;
			};
		},
		start,
		wait,
		cancel(id) {
			const job = active.get(id);
			job?.controller.abort();
			return job !== undefined;
		},
		retryAfterSeconds,
		async stop(graceMs) {
			isStopping = true;
			const timer = setTimeout(() => active.forEach(({ controller }) => void controller.abort()), graceMs);
			await Promise.all([...active.values()].map(({ ended }) => ended));
			clearTimeout(timer);
		},
	};
}

function stopping(): DinosegError {
	return new DinosegError("SERVICE_STOPPING", "The service is about to end. Send the request again later.");
}

type Tell = (event: JobEvent) => void;
type SetStatus = (status: JobStatus) => void;

/** A job that has not begun. It knows nothing of what it does, for it is remembered when that is long done. */
function createJob(
	id: string,
	isHeld: boolean,
	isPlaced: boolean,
): { readonly job: OwnJob; readonly tell: Tell; readonly setStatus: SetStatus } {
	const listeners = new Set<Tell>();
	const job: OwnJob = {
		id,
		status: "queued",
		events: [{ type: "status", status: "queued" }],
		controller: new AbortController(),
		isPlaced,
		isHeld,
		waiters: 0,
		ended: Promise.resolve(),
		get isEnding() {
			return this.controller.signal.aborted;
		},
		listen(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
	const tell: Tell = (event) => {
		job.events.push(event);
		for (const listener of listeners) {
			listener(event);
		}
	};
	return {
		job,
		tell,
		setStatus(status) {
			job.status = status;
			tell({ type: "status", status });
		},
	};
}

function isActive({ status }: Job): boolean {
	return status === "queued" || status === "running";
}

function isAborted(error: unknown): boolean {
	return isDinosegError(error) && error.code === "ABORTED";
}
