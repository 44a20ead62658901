/** The queue on Redis at full size. The argument says which: `load` or `busy`. Prints one line of JSON for `soak.ts`. */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import {
	CHUNK_BOUNDS,
	DEFAULT_LEASE_MS,
	type JobOutcome,
	type JobQueue,
	openQueue,
	type QueuedJob,
	type QueueEvent,
} from "@dinoseg/jobs";
import { Redis } from "ioredis";
import { startRedis } from "../fixtures/redis-server.ts";

const IMAGES = 100_000;
/** Images in a job. */
const CHUNK = CHUNK_BOUNDS.mean;
/** Milliseconds that the work on an image takes. */
const IMAGE_MS = 100;
const CHUNKS_TIMED = 20;
const BUSY_MS = 600_000;

const limits = { seconds: 60, bytes: 200e6, redisBytes: 50e6, overhead: 0.05 };

await using server = await startRedis("--appendonly", "yes");
const client = new Redis(server.url);

function jobOf(first: number): QueuedJob {
	const images = Array.from({ length: CHUNK }, (_, index) => {
		const name = String(first + index).padStart(10, "0");
		return {
			path: `survey/2026-11-30/camera-03/a-folder-of-it/image-${name}.jpg`,
			source: `s3://bucket/survey/2026-11-30/camera-03/image-${name}.jpg`,
		};
	});
	return { id: `run-${first}`, run: "run", data: { images } };
}

async function redisBytes(): Promise<number> {
	return Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
}

/** Do what waits. @returns seconds */
async function doAll(queue: JobQueue, jobs: number, handle: () => Promise<JobOutcome>): Promise<number> {
	const before = (await queue.runCounts("run")).ended;
	const start = performance.now();
	const consumer = queue.consume({ concurrency: 1, leaseMs: DEFAULT_LEASE_MS, handle });
	while ((await queue.runCounts("run")).ended < before + jobs) {
		await setTimeout(10);
	}
	const seconds = (performance.now() - start) / 1000;
	consumer.drain();
	await consumer.ended;
	return seconds;
}

async function load() {
	// All wait before the first one is taken.
	await using queue = await openQueue(server.url, { mostWaiting: IMAGES });
	const outcome: JobOutcome = { type: "done", counts: { images: CHUNK } };
	const start = performance.now();
	for (let first = 0; first < IMAGES; first += CHUNK) {
		await queue.add([jobOf(first)]);
	}
	const seconds = (performance.now() - start) / 1000;
	const bytes = process.resourceUsage().maxRSS * 1024;
	const redisFull = await redisBytes();
	await doAll(queue, IMAGES / CHUNK, async () => outcome);
	const redisDone = await redisBytes();

	await queue.add(Array.from({ length: CHUNKS_TIMED }, (_, index) => jobOf(index * CHUNK)));
	const taken = await doAll(queue, CHUNKS_TIMED, () => setTimeout(CHUNK * IMAGE_MS, outcome));
	const overhead = taken / ((CHUNKS_TIMED * CHUNK * IMAGE_MS) / 1000) - 1;
	const isGood =
		seconds < limits.seconds && bytes < limits.bytes && redisDone < limits.redisBytes && overhead < limits.overhead;
	return { isGood, seconds, bytes, redisFull, redisDone, overhead, limits };
}

async function busy() {
	await using queue = await openQueue(server.url);
	await using other = await openQueue(server.url);
	await queue.add([jobOf(0)]);
	const events: QueueEvent[] = [];
	const onEvent = (event: QueueEvent) => events.push(event);
	const threads = Array.from(
		{ length: availableParallelism() + 1 },
		() => new Worker(`const end = Date.now() + ${BUSY_MS}; while (Date.now() < end) {}`, { eval: true }),
	);
	let taken = 0;
	const handle = async (): Promise<JobOutcome> => {
		taken++;
		await Promise.all(threads.map((thread) => once(thread, "exit")));
		return { type: "done", counts: { images: CHUNK } };
	};
	const options = { concurrency: 1, leaseMs: DEFAULT_LEASE_MS, handle, onEvent };
	const consumer = queue.consume(options);
	while (taken === 0) {
		await setTimeout(10);
	}
	const idle = other.consume(options);
	await Promise.all(threads.map((thread) => once(thread, "exit")));
	consumer.drain();
	idle.drain();
	await Promise.all([consumer.ended, idle.ended]);
	const { ended } = await queue.runCounts("run");
	return { isGood: taken === 1 && ended === 1 && events.length === 0, taken, ended, events, minutes: BUSY_MS / 60_000 };
}

const modes: Readonly<Record<string, () => Promise<{ readonly isGood: boolean }>>> = { load, busy };
const { isGood, ...facts } = await modes[process.argv[2] ?? ""]();
client.disconnect();
console.log(JSON.stringify(facts));
process.exitCode = isGood ? 0 : 1;
