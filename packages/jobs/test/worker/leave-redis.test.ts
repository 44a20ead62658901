import { type JobQueue, openQueue, pinRun, runWorker, type Storage, type WorkerEvent } from "@dinoseg/jobs";
import { describe, it } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../../../../fixtures/redis-server.ts";
import { createFakeOutputs } from "./fake-outputs.ts";

const VERSION = "1.2.3";
const JOB = { id: "a", run: "run", data: { chunk: "a", items: [{ path: "1.jpg", source: "/in/1.jpg" }] } };

/** Make a run known to workers, and to the storage of its results. */
async function openRun(queue: JobQueue, storage: Storage): Promise<void> {
	const kind = "segment";
	const run = await pinRun(storage, { kind, shards: 1, firstIndex: 1, chunks: true, settings: {} }, { force: false });
	const common = { kind, version: VERSION, run: run.id, output: storage.uri, folder: "shards/", terms: null };
	await queue.openRun({ id: "run", data: { ...common, force: false, verify: false, added: 1, before: 0 } });
}

/** What a test ends by itself. */
function gate() {
	let open = () => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open: () => open(), passed };
}

/** A worker that is told to stop by `stop`, and waits for `isFree` with an image in work. */
async function startWorker(server: RedisServer, isFree: Promise<void>) {
	const queue = await openQueue(server.url);
	const stop = new AbortController();
	const events: WorkerEvent[] = [];
	const outputs = createFakeOutputs();
	const ended = runWorker({
		queue,
		id: "worker",
		version: VERSION,
		about: {},
		limit: 1,
		leaseMs: 60_000,
		stop: stop.signal,
		open: async () => outputs.open(() => isFree),
		pause: (milliseconds, signal) =>
			new Promise((resolve) => {
				const timer = setTimeout(() => resolve(true), milliseconds);
				signal?.addEventListener("abort", () => {
					clearTimeout(timer);
					resolve(false);
				});
			}),
		now: () => performance.now(),
		onEvent: (event) => events.push(event),
	});
	return { queue, stop, events, ended, outputs };
}

/** How servers go. */
const WAYS: readonly (readonly [string, (server: RedisServer) => unknown])[] = [
	["was killed", (server) => server.kill()],
	["stands still", (server) => server.freeze()],
];

describe.skipIf(!hasRedis).each(WAYS)("a worker whose Redis %s", (_, leave) => {
	it.concurrent("ends when it is told to, with nothing in work", async ({ expect }) => {
		await using server = await startRedis();
		const { queue, stop, ended } = await startWorker(server, Promise.resolve());
		await expect.poll(() => queue.workers()).toHaveLength(1);
		await leave(server);
		stop.abort();
		await ended;
		await queue[Symbol.asyncDispose]();
	});

	it.concurrent("ends when it is told to, with an image in work that it finishes", async ({ expect }) => {
		await using server = await startRedis();
		const held = gate();
		const { queue, stop, events, ended, outputs } = await startWorker(server, held.passed);
		await openRun(queue, outputs.storage);
		await queue.add([JOB]);
		await expect.poll(() => events.some(({ type }) => type === "item")).toBe(true);
		await leave(server);
		stop.abort();
		held.open();
		await ended;
		await queue[Symbol.asyncDispose]();
		expect(outputs.made).toEqual(["1.jpg"]);
	});

	it.concurrent("ends when it is told to, with a chunk that it does not know yet", async () => {
		await using server = await startRedis();
		const { queue, stop, ended, outputs } = await startWorker(server, Promise.resolve());
		const { readRun } = queue;
		const asked = gate();
		queue.readRun = async (...of) => {
			await leave(server);
			asked.open();
			return readRun.apply(queue, of);
		};
		await openRun(queue, outputs.storage);
		await queue.add([JOB]);
		await asked.passed;
		stop.abort();
		await ended;
		await queue[Symbol.asyncDispose]();
	});
});
