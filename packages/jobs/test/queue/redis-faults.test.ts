import { type JobOutcome, type JobQueue, type Lease, openQueue, type QueuedJob, type QueueEvent } from "@dinoseg/jobs";
import { Job } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../../../../fixtures/redis-server.ts";
import { parseRedisUrl } from "../../src/queue/redis/redis-address.ts";
import { RedisConnection } from "../../src/queue/redis/redis-connection.ts";
import { startWorker } from "./worker-process.ts";

const DONE: JobOutcome = { type: "done", counts: { images: 1 } };
const FAILED: JobOutcome = { type: "failed", code: "IMAGE_CORRUPT", message: "all of: them\nare" };
const LEASE_MS = 500;
/** Of those who are to keep it, while the machine has other work. */
const BUSY_LEASE_MS = 3000;

function jobsOf(count: number, size = 0): QueuedJob[] {
	return Array.from({ length: count }, (_, index) => ({ id: `job ${index}`, run: "run", data: "x".repeat(size) }));
}

/** What a test ends by itself. */
function gate() {
	let open = () => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open: () => open(), passed };
}

/** Take jobs, and keep what happens. */
function watch(queue: JobQueue, handle: (lease: Lease) => Promise<JobOutcome>, leaseMs = LEASE_MS) {
	const leases: Lease[] = [];
	const events: QueueEvent[] = [];
	const consumer = queue.consume({
		concurrency: 1,
		leaseMs,
		async handle(lease) {
			leases.push(lease);
			const { signal } = lease;
			const left = new Promise<JobOutcome>((resolve) => {
				signal.addEventListener("abort", () => resolve({ type: "returned" }));
			});
			return Promise.race([handle(lease), left]);
		},
		onEvent: (event) => events.push(event),
	});
	const types = () => events.map(({ type }) => type);
	return { consumer, leases, events, types };
}

describe.skipIf(!hasRedis)("a queue on Redis", () => {
	let server: RedisServer;
	let client: Redis;
	beforeAll(async () => {
		server = await startRedis();
		client = new Redis(server.url);
		client.on("error", () => {});
	});
	beforeEach(async () => {
		await client.flushall();
	});
	afterAll(async () => {
		client.disconnect();
		await server[Symbol.asyncDispose]();
	});

	it("goes on when its server was killed and is back, and tells what became of jobs meanwhile", async () => {
		await using mortal = await startRedis("--appendonly", "yes");
		await using queue = await openQueue(mortal.url);
		await queue.add(jobsOf(3));
		const held = gate();
		const { consumer, leases, types } = watch(
			queue,
			async () => {
				await held.passed;
				return DONE;
			},
			60_000,
		);
		await expect.poll(() => leases.length).toBe(1);
		await mortal.kill();
		await expect.poll(types).toEqual(["away"]);
		held.open();
		const adding = queue.add(jobsOf(5).slice(3));
		await mortal.start();
		await adding;
		await expect.poll(async () => (await queue.runCounts("run")).ended).toBe(5);
		expect(types()).toEqual(["away", "back"]);
		expect(leases.map(({ job, stalls }) => [job.id, stalls])).toEqual(jobsOf(5).map(({ id }) => [id, 0]));
		consumer.drain();
		await consumer.ended;
	});

	it.each([
		["moveToCompleted", DONE, { ended: 1, failed: 0, counts: { images: 1 } }],
		["moveToFailed", FAILED, { ended: 1, failed: 1, counts: {} }],
	] as const)("counts a job once, whose worker dies when it calls %s", async (method, outcome, counts) => {
		await using queue = await openQueue(server.url);
		await queue.add(jobsOf(1));
		const death = vi.spyOn(Job.prototype, method).mockRejectedValueOnce(new RangeError("it died"));
		const { consumer: dead } = watch(queue, async () => outcome, BUSY_LEASE_MS);
		await expect(dead.ended).rejects.toThrow(RangeError);
		death.mockRestore();
		expect(await queue.counts()).toEqual({ waiting: 0, active: 1, failed: 0 });
		const { consumer, leases } = watch(queue, async () => outcome, BUSY_LEASE_MS);
		// It is not active either while it waits for the next one.
		await expect.poll(() => queue.counts()).toEqual({ waiting: 0, active: 0, failed: counts.failed });
		consumer.drain();
		await consumer.ended;
		expect(leases).toMatchObject([{ stalls: 1 }]);
		expect(await queue.runCounts("run")).toEqual(counts);
	});

	it("says in one sentence why its server does not answer", async () => {
		const connection = await RedisConnection.open(parseRedisUrl(server.url));
		const messages: string[] = [];
		connection.listeners.add((event) => messages.push(event.type === "away" ? event.message : ""));
		connection.client.emit("error", new Error("Socket timeout. Expecting data, but didn't receive any in 30000ms."));
		connection.client.disconnect(true);
		await expect.poll(() => messages[0]).toMatch(/^The Redis at redis:\/\/\S+ does not answer: .* in 30000ms\.$/);
		connection.close();
	});

	it("lets a process end while its server is away", async () => {
		await using mortal = await startRedis();
		await using queue = await openQueue(mortal.url);
		await queue.add(jobsOf(1));
		await using leaving = startWorker(
			mortal.url,
			`let leave;
			const isAway = new Promise((resolve) => { leave = resolve; });
			const consumer = queue.consume({ concurrency: 2, leaseMs: 60_000, onEvent: leave, async handle({ signal }) {
				say("took");
				await new Promise((resolve) => signal.addEventListener("abort", resolve));
				return { type: "returned" };
			} });
			await queue.announce({ id: "a", data: null }, 60_000);
			say(await queue.workers());
			await isAway;
			await queue.announce({ id: "a", data: null }, 60_000);
			await queue.withdraw("a");
			queue.counts().catch(({ code }) => say(code));
			await queue[Symbol.asyncDispose]();
			await consumer.ended;
			say("ended");`,
		);
		await expect.poll(() => new Set(leaving.said)).toEqual(new Set(["took", [{ id: "a", data: null }]]));
		await mortal.kill();
		expect(await leaving.ended).toBe(0);
		expect(leaving.said.slice(2)).toEqual(["ABORTED", "ended"]);
	});

	it("drops what became of a job when the server forgot it", async () => {
		await using queue = await openQueue(server.url);
		await queue.add(jobsOf(1));
		const held = gate();
		const { leases, types } = watch(queue, async ({ note }) => {
			await held.passed;
			await note("too late");
			return DONE;
		});
		await expect.poll(() => leases.length).toBe(1);
		await client.flushall();
		await expect.poll(types).toEqual(["lost"]);
		expect(leases[0]?.signal.aborted).toBe(true);
		held.open();
		await queue.add(jobsOf(1));
		await expect.poll(() => leases.length).toBe(2);
		expect(leases[1]?.noted).toBeUndefined();
	});

	it("gives a job of a process that was killed to the next, with what it noted and one stall", async () => {
		await using queue = await openQueue(server.url);
		await queue.add(jobsOf(1));
		await using dying = startWorker(
			server.url,
			`queue.consume({ concurrency: 1, leaseMs: ${LEASE_MS}, async handle({ note }) {
				await note({ images: 7 });
				say("noted");
				return new Promise(() => {});
			} });`,
		);
		await expect.poll(() => dying.said).toEqual(["noted"]);
		const { leases, events } = watch(queue, async () => DONE);
		await dying.kill();
		await expect.poll(() => leases.length).toBe(1);
		expect(leases[0]).toMatchObject({ job: { id: "job 0" }, stalls: 1, noted: { images: 7 } });
		expect(events).toEqual([{ type: "stalled", job: "job 0" }]);
		await expect.poll(() => queue.runCounts("run")).toMatchObject({ ended: 1, counts: { images: 1 } });
	});

	it("drops the outcome of a process that stood still for longer than its lease", async () => {
		await using queue = await openQueue(server.url);
		await queue.add(jobsOf(1));
		await using frozen = startWorker(
			server.url,
			`const stop = new Int32Array(new SharedArrayBuffer(4));
			const consumer = queue.consume({ concurrency: 1, leaseMs: ${LEASE_MS}, onEvent, async handle({ note, signal }) {
				say("took");
				Atomics.wait(stop, 0, 0, ${4 * LEASE_MS});
				await note("of the frozen");
				say(signal.aborted);
				consumer.drain();
				return { type: "done", counts: { images: 100 } };
			} });
			await consumer.ended;
			say("ended");
			await queue[Symbol.asyncDispose]();`,
		);
		await expect.poll(() => frozen.said).toEqual(["took"]);
		const held = gate();
		const { leases } = watch(queue, async () => {
			await held.passed;
			return DONE;
		});
		await expect.poll(() => frozen.said).toEqual(["took", "lost", true, "ended"]);
		held.open();
		await expect.poll(() => queue.runCounts("run")).toEqual({ ended: 1, failed: 0, counts: { images: 1 } });
		expect(leases.map(({ stalls, noted }) => [stalls, noted])).toEqual([[1, undefined]]);
	});

	it.each([
		["has room", 0],
		["is full", 1],
	])("leaves a job to who is busy with it for longer than the lease, while the memory %s", async (_, maxmemory) => {
		await using queue = await openQueue(server.url);
		await using other = await openQueue(server.url);
		await queue.add(jobsOf(1));
		const held = gate();
		const busy = watch(queue, () => held.passed.then(() => DONE), BUSY_LEASE_MS);
		await expect.poll(() => busy.leases.length).toBe(1);
		await client.config("SET", "maxmemory", maxmemory);
		const idle = watch(other, async () => DONE, BUSY_LEASE_MS);
		const lock = "dinoseg:jobs:jjob%200:lock";
		let renewals = 0;
		let before = await client.pttl(lock);
		while (renewals < 7) {
			const now = await client.pttl(lock);
			expect(now).toBeGreaterThan(0);
			renewals += now > before ? 1 : 0;
			before = now;
		}
		held.open();
		await expect.poll(async () => (await queue.counts()).active).toBe(0);
		await client.config("SET", "maxmemory", 0);
		await expect.poll(() => queue.runCounts("run")).toEqual({ ended: 1, failed: 0, counts: { images: 1 } });
		expect([...busy.types(), ...idle.types()].filter((type) => type !== "away" && type !== "back")).toEqual([]);
		expect(idle.leases).toEqual([]);
	});

	it("shares jobs with machines whose clocks are an hour off", async () => {
		const clocks = [-3_600_000, 3_600_000];
		await using queue = await openQueue(server.url);
		const script = `say(Math.round((Date.now() - performance.timeOrigin - performance.now()) / 1e5) * 1e5);
			let number = 0;
			queue.consume({ concurrency: 1, leaseMs: ${BUSY_LEASE_MS}, onEvent, async handle({ signal }) {
				// The first one for longer than the lease.
				await new Promise((resolve) => setTimeout(resolve, number++ === 0 ? ${BUSY_LEASE_MS + 1000} : 0));
				say(signal.aborted);
				return { type: "done", counts: { other: 1 } };
			} });`;
		await using early = startWorker(server.url, script, clocks[0]);
		await using late = startWorker(server.url, script, clocks[1]);
		const firstOf = () => [early.said[0], late.said[0]];
		await expect.poll(firstOf).toEqual(clocks);
		await queue.add(jobsOf(2));
		await expect.poll(async () => (await queue.counts()).active).toBe(2);
		const ours = watch(queue, async () => DONE, 60_000);
		const secondOf = () => [early.said[1], late.said[1]];
		await expect.poll(secondOf).toEqual([false, false]);
		// Of a job that is still there, another one with its id would be no new one.
		await expect.poll(async () => (await queue.counts()).active).toBe(0);
		await queue.add(jobsOf(20));
		await expect.poll(async () => (await queue.runCounts("run")).ended).toBe(22);
		expect(ours.events).toEqual([]);
		expect([...early.said, ...late.said]).not.toContain("lost");
		expect(ours.leases.map(({ stalls }) => stalls)).not.toContain(1);
	});

	it("says that its memory is full, and goes on where it stopped when there is room", async () => {
		await using queue = await openQueue(server.url);
		const used = Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
		await client.config("SET", "maxmemory", used + 2e6);
		const jobs = jobsOf(1000, 10_000);
		await expect(queue.add(jobs)).rejects.toMatchObject({
			code: "QUEUE_REFUSED",
			message: expect.stringMatching(/OOM.*maxmemory.*same command again/),
		});
		const { waiting } = await queue.counts();
		expect(waiting).toBeGreaterThan(0);
		expect(waiting).toBeLessThan(jobs.length);
		// No memory at all: just below the limit a worker still gets some jobs.
		await client.config("SET", "maxmemory", 1);
		const { leases, events, consumer } = watch(queue, async () => DONE, BUSY_LEASE_MS);
		const away = { type: "away", message: expect.stringContaining("OOM") };
		await expect.poll(() => events).toEqual([away]);
		expect(leases).toEqual([]);
		await client.config("SET", "maxmemory", 0);
		await queue.add(jobs);
		await expect.poll(async () => (await queue.runCounts("run")).ended).toBe(jobs.length);
		expect(events).toEqual([away, { type: "back" }]);
		expect(leases).toHaveLength(jobs.length);
		consumer.drain();
		await consumer.ended;
	});

	it("keeps nothing of jobs that are done but their counts", async () => {
		await using queue = await openQueue(server.url);
		const { consumer } = watch(queue, async ({ note }) => {
			await note("x".repeat(1000));
			return DONE;
		});
		await queue.add(jobsOf(300, 1000));
		await expect.poll(async () => (await queue.runCounts("run")).ended).toBe(300);
		consumer.drain();
		await consumer.ended;
		const keys = await client.keys("*");
		expect(keys.filter((key) => /:j/.test(key.replace("dinoseg:jobs", "")))).toEqual([]);
		const sizes = await Promise.all(keys.map((key) => client.call("MEMORY", "USAGE", key) as Promise<number>));
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(50_000);
	});
});
