import type { ConsumeOptions, Consumer, JobOutcome, Lease } from "./queue.ts";

/** A job that a consumer took, and how to tell what became of it. */
export interface TakenJob {
	readonly lease: Lease;
	/** Ends when the queue knows it, or need not know it any more. */
	settle(outcome: JobOutcome): Promise<void>;
}

/** Where a consumer takes its jobs from. */
export interface JobSource {
	/**
	 * Take the next job, and wait for one.
	 *
	 * @param onEmpty told when there is none at present.
	 * @returns nothing when `stop` aborted.
	 */
	take(stop: AbortSignal, onEmpty: () => void): Promise<TakenJob | undefined>;
	/** Give back what is not a job's. Jobs that were taken may still be in work. */
	end?(): Promise<void>;
}

/** Take jobs from a source, and do as many at a time as the options say. */
export function startConsumer(source: JobSource, { concurrency, handle }: ConsumeOptions): Consumer {
	const stop = new AbortController();
	const inWork = new Set<Promise<void>>();
	let isEmpty = false;
	let failure: { readonly thrown: unknown } | undefined;

	const fail = (thrown: unknown): JobOutcome => {
		failure ??= { thrown };
		stop.abort();
		return { type: "returned" };
	};
	const work = async ({ lease, settle }: TakenJob): Promise<void> => {
		const outcome = await Promise.resolve(lease).then(handle).catch(fail);
		await settle(outcome).catch(fail);
	};

	const takeAll = async (): Promise<void> => {
		try {
			while (!stop.signal.aborted) {
				const taken = await source.take(stop.signal, () => {
					isEmpty = true;
				});
				if (taken === undefined) {
					break;
				}
				isEmpty = false;
				const working = work(taken).then(() => {
					inWork.delete(working);
				});
				inWork.add(working);
				if (inWork.size >= concurrency) {
					await Promise.race(inWork);
				}
			}
		} finally {
			await source.end?.();
		}
	};

	const run = async (): Promise<void> => {
		await takeAll().catch(fail);
		await Promise.all(inWork);
		if (failure !== undefined) {
			throw failure.thrown;
		}
	};

	return { ended: run(), drain: () => stop.abort(), isIdle: () => isEmpty && inWork.size === 0 };
}
