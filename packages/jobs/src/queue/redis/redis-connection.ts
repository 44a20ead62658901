import { once, setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { DinosegError } from "@dinoseg/core/errors";
import type { Redis, RedisOptions } from "ioredis";
import type { QueueEvent } from "../queue.ts";
import type { RedisAddress } from "./redis-address.ts";
import { redisFault, refusedByRedis } from "./redis-faults.ts";
import { untilAborted } from "./until-aborted.ts";

/** Milliseconds before something is asked again. */
const RETRY_MS = 500;
/** Milliseconds within which a server that is there answers. */
const ANSWER_MS = 30_000;
/** Milliseconds within which a server that was there a moment ago is there again, usually. */
const READY_MS = 1000;
/** Milliseconds that a server is given for what need not be told. */
export const LEAVE_MS = 2000;

export interface AskOptions {
	/** Ask no more when one of them aborts. */
	readonly signals?: readonly AbortSignal[];
	/** Ask also what was refused, until it is not. @default false: that is an error. */
	readonly isPatient?: boolean;
}

/** A connection that outlasts its server: what is asked while it is away is answered when it is back. */
export class RedisConnection {
	readonly client: Redis;
	readonly shown: string;
	/** Who is told when the server goes and comes. */
	readonly listeners = new Set<(event: QueueEvent) => void>();
	readonly #end = new AbortController();
	readonly #copies: Redis[];
	#isAway = false;
	/** Aborts when the connection that there is now is lost. */
	#present = new AbortController();

	private constructor(client: Redis, copies: Redis[], shown: string) {
		this.client = client;
		this.#copies = copies;
		this.shown = shown;
		// Every question that has no answer yet listens.
		setMaxListeners(0, this.#end.signal);
		let message = "the connection was closed";
		client.on("error", (error) => {
			message = error.message.replace(/\.$/, "") || message;
		});
		client.on("close", () => {
			this.#present.abort();
			if (!this.#end.signal.aborted) {
				this.#setAway(`The Redis at ${shown} does not answer: ${message}.`);
			}
		});
		client.on("ready", () => {
			this.#present = new AbortController();
			setMaxListeners(0, this.#present.signal);
			this.#setBack();
		});
	}

	static async open({ shown, options }: RedisAddress): Promise<RedisConnection> {
		const { Redis } = await import("ioredis");
		const copies: Redis[] = [];
		class Client extends Redis {
			override duplicate(override?: Partial<RedisOptions>): Redis {
				const copy = super.duplicate(override);
				copy.on("error", () => {});
				copies.push(copy);
				return copy;
			}
		}
		const client = new Client({
			...options,
			maxRetriesPerRequest: null,
			retryStrategy: (times) => Math.min(times * 100, 1000),
			maxLoadingRetryTime: 1000,
			socketTimeout: ANSWER_MS,
		});
		const connection = new RedisConnection(client, copies, shown);
		await untilAborted(once(client, "ready"), [AbortSignal.timeout(READY_MS)]).catch(() => undefined);
		return connection;
	}

	/**
	 * Take the connection of its own that BullMQ made last.
	 *
	 * @returns what ends it for good. BullMQ leaves one that is away to look for its server without end.
	 */
	takeCopy(): () => void {
		const copy = this.#copies.pop();
		return () => {
			if (copy !== undefined) {
				copy.options.retryStrategy = () => null;
				copy.on("ready", () => copy.disconnect());
				copy.disconnect();
			}
		};
	}

	get isReady(): boolean {
		return this.client.status === "ready";
	}

	/**
	 * Ask the server for something, again after a loss of the connection.
	 *
	 * @throws DinosegError QUEUE_REFUSED, ABORTED; and what BullMQ says of a job
	 */
	async ask<T>(
		question: (client: Redis) => Promise<T>,
		{ isPatient = false, ...options }: AskOptions = {},
	): Promise<T> {
		const signals = [...(options.signals ?? []), this.#end.signal];
		while (!signals.some(({ aborted }) => aborted)) {
			try {
				const answer = await untilAborted(question(this.client), signals);
				if (answer === undefined) {
					break;
				}
				if (this.isReady) {
					this.#setBack();
				}
				return answer.value;
			} catch (thrown) {
				const fault = redisFault(thrown);
				if (fault === "other") {
					throw thrown;
				}
				if (fault === "refused") {
					const error = refusedByRedis(this.shown, (thrown as Error).message);
					if (!isPatient) {
						throw error;
					}
					this.#setAway(error.message);
				}
				await untilAborted(wait(RETRY_MS), signals);
			}
		}
		throw new DinosegError("ABORTED", `The Redis at ${this.shown} was asked no more.`);
	}

	/**
	 * Tell the server something that is worth nothing later: nothing is told where that would have to wait for it.
	 *
	 * @throws DinosegError QUEUE_REFUSED
	 */
	async tellNow(message: (client: Redis) => Promise<unknown>): Promise<void> {
		// One that stands still keeps its connection.
		const signals = [this.#present.signal, AbortSignal.timeout(LEAVE_MS)];
		if (this.isReady) {
			await this.ask(message, { signals }).catch((thrown) => {
				if (!signals.some(({ aborted }) => aborted) && !this.#end.signal.aborted) {
					throw thrown;
				}
			});
		}
	}

	close(): void {
		this.#end.abort();
		this.client.disconnect();
	}

	#setAway(message: string): void {
		if (!this.#isAway) {
			this.#isAway = true;
			this.#tell({ type: "away", message });
		}
	}

	#setBack(): void {
		if (this.#isAway) {
			this.#isAway = false;
			this.#tell({ type: "back" });
		}
	}

	#tell(event: QueueEvent): void {
		for (const listener of this.listeners) {
			listener(event);
		}
	}
}
