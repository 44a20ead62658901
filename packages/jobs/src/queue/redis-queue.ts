import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Queue, Worker } from "bullmq";
import type { ChainableCommander } from "ioredis";
import { startConsumer } from "./consumer.ts";
import type { JsonValue } from "./json-value.ts";
import {
	type ConsumeOptions,
	type Consumer,
	type JobFailure,
	type JobQueue,
	MOST_WAITING,
	type QueueCounts,
	type QueuedJob,
	type QueuedRun,
	type QueueEvent,
	type RunCounts,
	type WorkerState,
} from "./queue.ts";
import { probeRedis } from "./redis/probe-redis.ts";
import { parseRedisUrl } from "./redis/redis-address.ts";
import { LEAVE_MS, RedisConnection } from "./redis/redis-connection.ts";
import { RedisConsumer } from "./redis/redis-consumer.ts";
import {
	bullId,
	jobKey,
	KEEP_RUN_S,
	nameOfCount,
	PREFIX,
	QUEUE,
	RUNS,
	runKey,
	stateKey,
	tallyKey,
	WORKERS,
	workerKey,
} from "./redis/redis-keys.ts";
import { FORGET } from "./redis/redis-scripts.ts";
import { untilAborted } from "./redis/until-aborted.ts";

export interface RedisQueueOptions {
	/** While so many jobs wait, `add` waits. @default 4096 */
	readonly mostWaiting?: number;
	/** How long to wait for a server that is not there, when the queue is opened; milliseconds. @default 10000 */
	readonly connectMs?: number;
	/** Is told when the server goes and comes. */
	onEvent?(event: QueueEvent): void;
}

/** Jobs that are sent together. */
const BULK = 256;
/** How often is asked whether fewer jobs wait, milliseconds. */
const ROOM_MS = 250;
/** Why a job failed, as `RedisLease` writes it. */
const FAILURE = /^(\w+): (.*)$/s;
/** Events that BullMQ keeps of all jobs: nobody reads them. */
const KEEP_EVENTS = 100;

/**
 * Open the queue that a Redis, or a Valkey, keeps for all machines.
 *
 * Once it is open, a server that goes away is waited for, however long.
 *
 * @param url `redis://` or `rediss://`.
 * @throws DinosegError OPTION_INVALID, QUEUE_UNREACHABLE, QUEUE_REFUSED
 */
export async function openRedisQueue(url: string, options: RedisQueueOptions = {}): Promise<JobQueue> {
	const { mostWaiting = MOST_WAITING, connectMs = 10_000, onEvent } = options;
	const address = parseRedisUrl(url);
	await probeRedis(address, connectMs);
	const bull = await import("bullmq");
	const connection = await RedisConnection.open(address);
	if (onEvent !== undefined) {
		connection.listeners.add((event) => onEvent(event));
	}
	const queue = new bull.Queue<JsonValue, void, string>(QUEUE, {
		connection: connection.client,
		prefix: PREFIX,
		skipVersionCheck: true,
		streams: { events: { maxLen: KEEP_EVENTS } },
		defaultJobOptions: { stackTraceLimit: 0 },
	});
	// Whoever asks for something is told.
	queue.on("error", () => {});
	return new RedisQueue(connection, queue, bull.Worker, mostWaiting);
}

class RedisQueue implements JobQueue {
	readonly url: string;
	readonly #connection: RedisConnection;
	readonly #queue: Queue<JsonValue, void, string>;
	readonly #BullWorker: typeof Worker;
	readonly #mostWaiting: number;
	readonly #consumers = new Set<Consumer>();
	readonly #leave = new AbortController();

	constructor(
		connection: RedisConnection,
		queue: Queue<JsonValue, void, string>,
		BullWorker: typeof Worker,
		mostWaiting: number,
	) {
		this.url = connection.shown;
		this.#connection = connection;
		this.#queue = queue;
		this.#BullWorker = BullWorker;
		this.#mostWaiting = mostWaiting;
		// Every job in work listens.
		setMaxListeners(0, this.#leave.signal);
	}

	async openRun({ id, data }: QueuedRun): Promise<void> {
		await this.#all((pipeline) =>
			pipeline.sadd(RUNS, id).set(runKey(id), JSON.stringify(data), "EX", KEEP_RUN_S).expire(tallyKey(id), KEEP_RUN_S),
		);
	}

	async readRun(id: string, signal?: AbortSignal): Promise<QueuedRun | undefined> {
		const signals = signal === undefined ? [] : [signal];
		const data = await this.#connection.ask((client) => client.getex(runKey(id), "EX", KEEP_RUN_S), { signals });
		return data === null ? undefined : { id, data: JSON.parse(data) };
	}

	async listRuns(): Promise<readonly QueuedRun[]> {
		const runs = await this.#valuesOf(RUNS, runKey);
		return runs.map(([id, data]) => ({ id, data: JSON.parse(data) }));
	}

	async runCounts(id: string): Promise<RunCounts> {
		const { ended = 0, failed = 0, ...rest } = await this.#connection.ask((client) => client.hgetall(tallyKey(id)));
		const counts = Object.entries(rest).flatMap(([field, count]) => {
			const name = nameOfCount(field);
			return name === undefined ? [] : [[name, Number(count)]];
		});
		return { ended: Number(ended), failed: Number(failed), counts: Object.fromEntries(counts) };
	}

	async add(jobs: readonly QueuedJob[], signal?: AbortSignal): Promise<void> {
		const signals = signal === undefined ? [this.#leave.signal] : [signal, this.#leave.signal];
		for (let at = 0; at < jobs.length; ) {
			const waiting = await this.#connection.ask((client) => client.llen(stateKey("wait")), { signals });
			const room = Math.min(this.#mostWaiting - waiting, BULK);
			if (room <= 0) {
				await untilAborted(wait(ROOM_MS), signals);
				continue;
			}
			const bulk = jobs
				.slice(at, at + room)
				.map(({ id, run, data }) => ({ name: run, data, opts: { jobId: bullId(id) } }));
			await this.#connection.ask(() => this.#queue.addBulk(bulk), { signals });
			at += room;
		}
	}

	async pending(ids: readonly string[]): Promise<ReadonlySet<string>> {
		// A job that is done is removed at once: what is there and did not fail waits or is in work.
		const answers = await this.#all((pipeline) => {
			for (const id of ids) {
				pipeline.exists(jobKey(id)).zscore(stateKey("failed"), bullId(id));
			}
			return pipeline;
		});
		return new Set(ids.filter((_, index) => answers[2 * index] === 1 && answers[2 * index + 1] === null));
	}

	async forgetFailed(ids: readonly string[]): Promise<ReadonlyMap<string, JobFailure>> {
		const answers = await this.#all((pipeline) => {
			for (const id of ids) {
				pipeline
					.hget(jobKey(id), "failedReason")
					.eval(FORGET, 2, stateKey("failed"), jobKey(id), bullId(id), tallyKey(""));
			}
			return pipeline;
		});
		const failures = ids.flatMap((id, index): [string, JobFailure][] => {
			const [, code = "", message = ""] = FAILURE.exec(String(answers[2 * index])) ?? [];
			return answers[2 * index + 1] === 1 ? [[id, { code, message }]] : [];
		});
		return new Map(failures);
	}

	async counts(): Promise<QueueCounts> {
		const [waiting, active, failed] = await this.#all((pipeline) =>
			pipeline.llen(stateKey("wait")).llen(stateKey("active")).zcard(stateKey("failed")),
		);
		return { waiting: Number(waiting), active: Number(active), failed: Number(failed) };
	}

	consume(options: ConsumeOptions): Consumer {
		const connection = this.#connection;
		const { leaseMs, onEvent } = options;
		const tell = (event: QueueEvent) => onEvent?.(event);
		connection.listeners.add(tell);
		const source = new RedisConsumer({
			connection,
			BullWorker: this.#BullWorker,
			leaseMs,
			leave: this.#leave.signal,
			onEvent: tell,
		});
		const consumer = startConsumer(source, options);
		this.#consumers.add(consumer);
		const forget = () => {
			this.#consumers.delete(consumer);
			connection.listeners.delete(tell);
		};
		consumer.ended.then(forget, forget);
		return consumer;
	}

	async announce({ id, data }: WorkerState, forMs: number): Promise<void> {
		const state = JSON.stringify(data);
		await this.#connection.tellNow((client) =>
			answersOf(client.pipeline().sadd(WORKERS, id).set(workerKey(id), state, "PX", forMs)),
		);
	}

	async withdraw(id: string): Promise<void> {
		await this.#connection.tellNow((client) => answersOf(client.pipeline().del(workerKey(id)).srem(WORKERS, id)));
	}

	async workers(): Promise<readonly WorkerState[]> {
		const workers = await this.#valuesOf(WORKERS, workerKey);
		return workers.map(([id, data]) => ({ id, data: JSON.parse(data) }));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const consumers = [...this.#consumers];
		this.#leave.abort();
		for (const consumer of consumers) {
			consumer.drain();
		}
		const ended = Promise.allSettled(consumers.map(({ ended }) => ended));
		// What cannot be told in time, other workers learn when the lease ends.
		const late = setTimeout(() => this.#connection.close(), this.#connection.isReady ? LEAVE_MS : 0);
		await ended;
		clearTimeout(late);
		await this.#queue.close();
		this.#connection.close();
	}

	/** The values behind a set of ids; ids without one are taken out. */
	async #valuesOf(set: string, keyOf: (id: string) => string): Promise<[id: string, value: string][]> {
		const ids = await this.#connection.ask((client) => client.smembers(set));
		if (ids.length === 0) {
			return [];
		}
		const values = await this.#connection.ask((client) => client.mget(ids.map(keyOf)));
		const gone = ids.filter((_, index) => values[index] === null);
		if (gone.length > 0) {
			await this.#connection.ask((client) => client.srem(set, gone));
		}
		return ids.flatMap((id, index) => {
			const value = values[index];
			return typeof value === "string" ? [[id, value]] : [];
		});
	}

	/** The answers to some commands. @throws DinosegError QUEUE_REFUSED, ABORTED */
	#all(queue: (pipeline: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
		return this.#connection.ask((client) => answersOf(queue(client.pipeline())));
	}
}

/** The answers to commands that are sent together. @throws what the first one met that failed */
async function answersOf(pipeline: ChainableCommander): Promise<unknown[]> {
	const answers = (await pipeline.exec()) ?? [];
	return answers.map(([error, answer]) => {
		if (error !== null) {
			throw error;
		}
		return answer;
	});
}
