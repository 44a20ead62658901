import { DinosegError } from "@dinoseg/core/errors";
import {
	createMemoryQueue,
	type JobQueue,
	produceBatch,
	type QueuedItem,
	shardKey,
	shardStates,
	WHOLE,
} from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeOutputs } from "./fake-outputs.ts";
import {
	away,
	corrupt,
	failsAt,
	itemsOf,
	never,
	nextTurn,
	now,
	openRun,
	PATHS,
	pathsOf,
	produce,
	runBoth,
	startWorker,
	VERSION,
} from "./produce.ts";

describe("produceBatch and runWorker", () => {
	it("make every output once, and nothing the second time", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const first = await runBoth(queue, outputs);
		expect(first.outcome).toEqual({ done: 40, present: 0, bad: 0, open: 0 });
		expect(outputs.made.sort()).toEqual([...PATHS].sort());
		expect(first.events.at(-1)).toEqual({ type: "state", state: { done: 40, present: 0, failed: 0, total: 40 } });
		const run = await openRun(outputs);
		expect(await pathsOf(outputs, run)).toEqual([...PATHS].sort());
		for await (const state of shardStates(outputs.storage, run)) {
			expect(state).toEqual({ number: 1, count: 1, done: 40, bad: 0, isComplete: true });
		}
		outputs.made.length = 0;
		const second = await produce(queue, outputs);
		expect(second.outcome).toEqual({ done: 0, present: 40, bad: 0, open: 0 });
		expect(outputs.made).toEqual([]);
	});

	it("do what came newly, and little else", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		await runBoth(queue, outputs);
		outputs.made.length = 0;
		const more = [...PATHS.slice(0, 20), "new.jpg", ...PATHS.slice(20)];
		const { outcome } = await runBoth(queue, outputs, { items: itemsOf(more) });
		expect(outcome.done + outcome.present).toBe(41);
		expect(outputs.made).toContain("new.jpg");
		expect(outputs.made.length).toBeLessThan(20);
		const run = await openRun(outputs);
		expect(await pathsOf(outputs, run)).toEqual([...more].sort());
		const stop = new AbortController();
		const none = produce(queue, outputs, {
			items: itemsOf(["z.jpg", ...more]),
			stop: stop.signal,
			between: () => stop.abort(),
		});
		await expect(none).rejects.toMatchObject({ code: "ABORTED" });
		for await (const { isComplete } of shardStates(outputs.storage, run)) {
			expect(isComplete).toBe(false);
		}
	});

	it("end with each item exactly once in a manifest, however often the queue forgets", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.nat(30), { maxLength: 3 }), async (losses) => {
				const outputs = createFakeOutputs();
				await using queue = createMemoryQueue({ now });
				const forgetting = forgetful(queue);
				let looks = 0;
				const between = () => {
					looks += 1;
					if (losses.includes(looks)) {
						forgetting.forget();
					}
				};
				const later = () => now() + 20_000 * looks;
				const stop = new AbortController();
				const worker = startWorker(forgetting, outputs, { stop: stop.signal });
				const run = await openRun(outputs);
				const outcome = await produceBatch({
					queue: forgetting,
					storage: outputs.storage,
					folder: shardKey(WHOLE),
					run,
					batch: { version: VERSION, terms: null },
					items: (async function* () {
						yield itemsOf(PATHS);
					})(),
					bounds: { mean: 4, most: 6 },
					force: false,
					verify: false,
					retryBad: false,
					pollMs: 1,
					stop: never,
					async pause() {
						await nextTurn();
						between();
						return true;
					},
					now: later,
					onEvent: () => undefined,
				});
				stop.abort();
				await worker.ended;
				expect(outcome.done + outcome.present).toBe(40);
				expect(await pathsOf(outputs, run)).toEqual([...PATHS].sort());
			}),
			{ numRuns: 15 },
		);
	});

	it("tell what is in quarantine, and try it again only if told", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const first = await runBoth(queue, outputs, {}, { before: failsAt("photos/7.jpg", corrupt) });
		expect(first.outcome).toEqual({ done: 39, present: 0, bad: 1, open: 0 });
		expect(first.failed).toMatchObject([{ path: "photos/7.jpg", status: "bad", code: "IMAGE_CORRUPT" }]);
		outputs.made.length = 0;
		expect((await produce(queue, outputs)).outcome).toEqual({ done: 0, present: 39, bad: 1, open: 0 });
		const retried = await runBoth(queue, outputs, { retryBad: true });
		expect(retried.outcome).toEqual({ done: 1, present: 39, bad: 0, open: 0 });
		expect(outputs.made).toEqual(["photos/7.jpg"]);
	});

	it("leave to the next command what failed in passing", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const first = await runBoth(queue, outputs, {}, { before: failsAt("photos/7.jpg", away) });
		expect(first.outcome).toEqual({ done: 39, present: 0, bad: 0, open: 1 });
		const run = await openRun(outputs);
		for await (const { isComplete } of shardStates(outputs.storage, run)) {
			expect(isComplete).toBe(false);
		}
		outputs.made.length = 0;
		expect((await runBoth(queue, outputs)).outcome).toEqual({ done: 1, present: 39, bad: 0, open: 0 });
		expect(outputs.made).toEqual(["photos/7.jpg"]);
	});

	it("count what cannot be searched, and are not complete then", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const items = [{ error: away }, ...itemsOf(PATHS)];
		const { outcome, events } = await runBoth(queue, outputs, { items });
		expect(outcome).toEqual({ done: 40, present: 0, bad: 0, open: 1 });
		expect(events).toContainEqual({ type: "gap", error: away });
	});

	it("read everything again with verify, and make everything again with force", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		await runBoth(queue, outputs);
		await outputs.storage.put("photos/3.jpg/marker", new TextEncoder().encode("output of photos/3.JPG"));
		outputs.made.length = 0;
		const verified = await runBoth(queue, outputs, { verify: true });
		expect(outputs.made).toEqual(["photos/3.jpg"]);
		expect(verified.outcome).toEqual({ done: 1, present: 39, bad: 0, open: 0 });
		expect((await runBoth(queue, outputs, { force: true })).outcome).toEqual({ done: 40, present: 0, bad: 0, open: 0 });
	});

	it("give a chunk back where everything would fail, and end with that error", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const full = new DinosegError("OUTPUT_UNWRITABLE", "full", {
			cause: Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }),
		});
		let isFull = true;
		const failing = startWorker(queue, outputs, { before: failsAt("photos/9.jpg", full) });
		const stop = new AbortController();
		const between = async () => {
			if (isFull) {
				isFull = false;
				await expect(failing.ended).rejects.toBe(full);
				startWorker(queue, outputs, { stop: stop.signal });
			}
		};
		const { done, present, open } = (await produce(queue, outputs, { between })).outcome;
		expect({ all: done + present, open }).toEqual({ all: 40, open: 0 });
		expect(outputs.made.sort()).toEqual([...PATHS].sort());
		stop.abort();
	});

	it.each([
		["INTERNAL", {}],
		["MODEL_RUN_FAILED", {}],
		["STORAGE_REFUSED", { uri: "/in/photos/9.jpg" }],
	] as const)("put an item into quarantine that ends every worker with %s", async (code, details) => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const before = failsAt("photos/9.jpg", new DinosegError(code, "fatal", { details }));
		const stop = new AbortController();
		let workers = 0;
		const serve = async (): Promise<void> => {
			while (!stop.signal.aborted && workers < 10) {
				workers += 1;
				await startWorker(queue, outputs, { before, stop: stop.signal }).ended.catch(() => undefined);
			}
			stop.abort();
		};
		const serving = serve();
		const { outcome, failed } = await produce(queue, outputs);
		stop.abort();
		await serving;
		expect(outcome).toMatchObject({ bad: 1, open: 0 });
		expect(outcome.done + outcome.present).toBe(39);
		expect(failed).toMatchObject([{ path: "photos/9.jpg", code: "WORKER_DIED" }]);
		expect(workers).toBe(6);
	});

	it("blame no item for an output that is refused", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const refused = new DinosegError("STORAGE_REFUSED", "denied", { details: { uri: "s3://out/photos/9.jpg/a.png" } });
		const stop = new AbortController();
		let workers = 0;
		const before = (item: QueuedItem) => failsAt("photos/9.jpg", refused)(workers < 8 ? item : { ...item, path: "" });
		const serve = async (): Promise<void> => {
			while (!stop.signal.aborted) {
				workers += 1;
				await startWorker(queue, outputs, { before, stop: stop.signal }).ended.catch(() => undefined);
			}
		};
		const serving = serve();
		const { outcome } = await produce(queue, outputs);
		stop.abort();
		await serving;
		expect(outcome).toMatchObject({ bad: 0, open: 0 });
		expect(outcome.done + outcome.present).toBe(40);
	});
});

/** A queue that can lose every job that waits. */
function forgetful(queue: JobQueue): JobQueue & { forget(): void } {
	const lost = new Set<string>();
	const added = new Set<string>();
	return {
		...wrapped(queue),
		async add(jobs, signal) {
			for (const { id } of jobs) {
				added.add(id);
				lost.delete(id);
			}
			await queue.add(jobs, signal);
		},
		async pending(ids) {
			return new Set([...(await queue.pending(ids))].filter((id) => !lost.has(id)));
		},
		consume: (options) =>
			queue.consume({
				...options,
				handle: async (lease) => (lost.has(lease.job.id) ? { type: "done", counts: {} } : options.handle(lease)),
			}),
		forget() {
			for (const id of added) {
				lost.add(id);
			}
		},
	};
}

function wrapped(queue: JobQueue): JobQueue {
	return {
		url: queue.url,
		openRun: (run) => queue.openRun(run),
		readRun: (id) => queue.readRun(id),
		listRuns: () => queue.listRuns(),
		runCounts: (id) => queue.runCounts(id),
		add: (jobs, signal) => queue.add(jobs, signal),
		pending: (ids) => queue.pending(ids),
		forgetFailed: (ids) => queue.forgetFailed(ids),
		counts: () => queue.counts(),
		consume: (options) => queue.consume(options),
		announce: (worker, forMs) => queue.announce(worker, forMs),
		withdraw: (id) => queue.withdraw(id),
		workers: () => queue.workers(),
		[Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
	};
}
