import { isDinosegError } from "@dinoseg/core/errors";
import type { Job } from "bullmq";
import type { TakenJob } from "../consumer.ts";
import type { JsonValue } from "../json-value.ts";
import type { JobOutcome, Lease } from "../queue.ts";
import { laterThan } from "./later-than.ts";
import { LEAVE_MS, type RedisConnection } from "./redis-connection.ts";
import { countField, idOfBull, jobKey, KEEP_RUN_S, lockKey, stateKey, tallyKey } from "./redis-keys.ts";
import { COUNT, NOTE, RENEW } from "./redis-scripts.ts";

/** A job as BullMQ gives it; its name is the run. */
export type BullJob = Job<JsonValue, void, string>;

/** A lease is renewed so many times before it would end. */
export const RENEWALS = 5;

export interface RedisLeaseOptions {
	readonly connection: RedisConnection;
	/** Milliseconds. */
	readonly leaseMs: number;
	/** Aborts when no job is to be taken any more: an outcome that cannot be told soon after is told no more. */
	readonly stop: AbortSignal;
	/** Aborts when the work is to end at once. */
	readonly leave: AbortSignal;
	onLost(id: string): void;
}

/** A job of BullMQ in the hands of this process, which keeps it until its outcome is told or somebody else has it. */
export class RedisLease implements TakenJob {
	readonly lease: Lease;
	readonly #options: RedisLeaseOptions;
	readonly #job: BullJob;
	readonly #token: string;
	readonly #abort = new AbortController();
	readonly #beat: NodeJS.Timeout;
	#isRenewing = false;
	#isTelling = false;
	#isLost = false;

	constructor(job: BullJob, token: string, options: RedisLeaseOptions) {
		this.#job = job;
		this.#token = token;
		this.#options = options;
		const { leave, leaseMs } = options;
		this.lease = {
			job: { id: idOfBull(job.id ?? ""), run: job.name, data: job.data },
			stalls: job.stalledCounter,
			// BullMQ's own word for nothing is a number.
			noted: typeof job.progress === "object" ? (job.progress as { noted: JsonValue }).noted : undefined,
			signal: this.#abort.signal,
			note: (data) => this.#note(data),
		};
		leave.addEventListener("abort", this.#leave);
		this.#beat = setInterval(() => void this.#renew(), leaseMs / RENEWALS);
	}

	readonly settle = async (outcome: JobOutcome): Promise<void> => {
		if (!this.#isLost) {
			this.#isTelling = true;
			const { connection, stop } = this.#options;
			using late = laterThan(stop, LEAVE_MS);
			const options = { signals: [late.signal], isPatient: true };
			try {
				// One that is done is gone when that is told. Of one that failed, whoever sees it counted looks why.
				if (outcome.type === "done") {
					await connection.ask(() => this.#count(outcome), options);
				}
				await connection.ask(() => this.#tell(outcome), options);
				if (outcome.type === "failed") {
					await connection.ask(() => this.#count(outcome), options);
				}
			} catch (thrown) {
				// Of BullMQ: the job is not there, or not ours. What was told no more: the lease ends by itself.
				if (typeof (thrown as { code?: unknown }).code === "number") {
					this.#lose();
				} else if (!isDinosegError(thrown)) {
					throw thrown;
				}
			} finally {
				this.#stop();
			}
		}
	};

	readonly #leave = () => this.#abort.abort();

	async #tell(outcome: JobOutcome): Promise<void> {
		if (outcome.type === "returned") {
			await this.#job.moveToWait(this.#token);
		} else if (outcome.type === "done") {
			await this.#job.moveToCompleted(undefined, this.#token, false);
		} else {
			await this.#job.moveToFailed(new Error(`${outcome.code}: ${outcome.message}`), this.#token, false);
		}
	}

	async #count(outcome: Exclude<JobOutcome, { type: "returned" }>): Promise<void> {
		const { id, run } = this.lease.job;
		const counts = outcome.type === "failed" ? [] : Object.entries(outcome.counts);
		const fields: (string | number)[] = ["ended", 1, "failed", outcome.type === "failed" ? 1 : 0];
		fields.push(...counts.flatMap(([name, count]) => [countField(name), count]));
		const keys = [tallyKey(run), jobKey(id), lockKey(id), stateKey("failed")];
		const values = [this.#token, this.#job.id ?? "", KEEP_RUN_S, ...fields];
		await this.#options.connection.client.eval(COUNT, keys.length, ...keys, ...values);
	}

	async #renew(): Promise<void> {
		if (!this.#isRenewing) {
			this.#isRenewing = true;
			const { id } = this.lease.job;
			const values = [this.#options.leaseMs, this.#job.id ?? ""];
			// Whatever goes wrong, the next beat may go well; if none does, the outcome finds out.
			await this.#ifHeld(RENEW, [lockKey(id), stateKey("stalled")], values).catch(() => undefined);
			this.#isRenewing = false;
		}
	}

	async #note(data: JsonValue): Promise<void> {
		const { id } = this.lease.job;
		await this.#ifHeld(NOTE, [lockKey(id), jobKey(id)], [JSON.stringify({ noted: data })]);
	}

	/** Run a script that answers 0 where the job is somebody else's. */
	async #ifHeld(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<void> {
		try {
			const answer = await this.#options.connection.ask(
				(client) => client.eval(script, keys.length, ...keys, this.#token, ...values),
				{ signals: [this.lease.signal], isPatient: true },
			);
			// While an outcome is told, the job is as it should be no more.
			if (answer === 0 && !this.#isTelling) {
				this.#lose();
			}
		} catch (thrown) {
			if (!isDinosegError(thrown)) {
				throw thrown;
			}
		}
	}

	#stop(): void {
		clearInterval(this.#beat);
		this.#options.leave.removeEventListener("abort", this.#leave);
	}

	#lose(): void {
		if (!this.#isLost) {
			this.#isLost = true;
			this.#stop();
			this.#abort.abort();
			this.#options.onLost(this.lease.job.id);
		}
	}
}
