import { randomUUID } from "node:crypto";
import type { Worker } from "bullmq";
import type { JobSource } from "../consumer.ts";
import type { JsonValue } from "../json-value.ts";
import type { ConsumeOptions } from "../queue.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { CALL, idOfBull, PREFIX, QUEUE } from "./redis-keys.ts";
import { type BullJob, RENEWALS, RedisLease } from "./redis-lease.ts";

/** How often workers look for jobs whose lease has ended, milliseconds at most. */
const STALLED_CHECK_MS = 2000;
/**
 * Seconds that a server holds back its answer while no job waits. So long a job waits at most if the process that was
 * called for it died just then.
 */
const WAIT_S = 2;
/** Seconds that a failed job is kept, and how many are. */
const KEEP_FAILED = { age: 30 * 86_400, count: 2000 };

export interface RedisConsumerOptions extends Pick<ConsumeOptions, "leaseMs" | "onEvent"> {
	readonly connection: RedisConnection;
	/** The class of BullMQ. */
	readonly BullWorker: typeof Worker;
	/** Aborts when the work is to end at once. */
	readonly leave: AbortSignal;
}

/**
 * Takes jobs from Redis.
 *
 * BullMQ moves jobs, and finds those whose lease has ended. Its own loop is not used: it renews leases late, and gives up
 * outcomes that a full server refuses.
 */
export class RedisConsumer implements JobSource {
	readonly #options: RedisConsumerOptions;
	readonly #worker: Worker<JsonValue, void, string>;
	readonly #endWaiting: () => void;
	#fetching: Promise<BullJob | undefined> | undefined;
	#onEmpty: () => void = () => {};

	constructor(options: RedisConsumerOptions) {
		const { connection, leaseMs, onEvent, BullWorker } = options;
		this.#options = options;
		this.#worker = new BullWorker<JsonValue, void, string>(QUEUE, null, {
			connection: connection.client,
			prefix: PREFIX,
			autorun: false,
			skipVersionCheck: true,
			lockDuration: leaseMs,
			stalledInterval: Math.min(STALLED_CHECK_MS, leaseMs / RENEWALS),
			// Whoever handles a job decides how many stalls are too many.
			maxStalledCount: Number.MAX_SAFE_INTEGER,
			drainDelay: WAIT_S,
			removeOnComplete: { count: 0 },
			removeOnFail: KEEP_FAILED,
		});
		this.#endWaiting = connection.takeCopy();
		// Of the connection, `connection` tells; what is refused is met again when the next job is taken.
		this.#worker.on("error", () => {});
		this.#worker.on("drained", () => this.#onEmpty());
		this.#worker.on("stalled", (id) => onEvent?.({ type: "stalled", job: idOfBull(id) }));
		void this.#worker.startStalledCheckTimer();
	}

	async take(stop: AbortSignal, onEmpty: () => void): Promise<RedisLease | undefined> {
		const { connection, leaseMs, leave, onEvent } = this.#options;
		this.#onEmpty = onEmpty;
		while (!stop.aborted) {
			const token = randomUUID();
			const fetch = () => {
				this.#fetching = this.#worker.getNextJob(token);
				return this.#fetching;
			};
			const job = await connection.ask(fetch, { signals: [stop], isPatient: true }).catch((thrown) => {
				if (!stop.aborted) {
					throw thrown;
				}
			});
			if (job !== undefined) {
				this.#fetching = undefined;
				const onLost = (id: string) => onEvent?.({ type: "lost", job: id });
				return new RedisLease(job, token, { connection, leaseMs, stop, leave, onLost });
			}
		}
		return undefined;
	}

	async end(): Promise<void> {
		// A job may still come that nobody waits for any more.
		const putBack = Promise.resolve(this.#fetching)
			.then((job) => job?.moveToWait(job.token))
			.catch(() => undefined);
		await this.#worker.close(true);
		this.#endWaiting();
		const { connection } = this.#options;
		// The call for a job that came meanwhile may have reached this one, who is gone: call the others. Where the server
		// refuses, they look for themselves.
		await connection.tellNow((client) => putBack.then(() => client.zadd(CALL, 0, "0"))).catch(() => undefined);
	}
}
