import { DinosegError } from "@dinoseg/core/errors";
import {
	type BatchGap,
	createMemoryQueue,
	type JobQueue,
	type PinnedRun,
	type ProducerEvent,
	pinRun,
	produceBatch,
	type QueuedItem,
	runLines,
	runWorker,
	shardKey,
	shardStates,
	WHOLE,
	type WorkerEvent,
	type WorkerOptions,
} from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeOutputs, type FakeOutputs } from "./fake-outputs.ts";

const VERSION = "1.2.3";
const PATHS = Array.from({ length: 40 }, (_, index) => `photos/${index}.jpg`);
const itemsOf = (paths: readonly string[]): QueuedItem[] => paths.map((path) => ({ path, source: `/in/${path}` }));
const now = () => performance.now();
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

interface Command {
	readonly items?: readonly (QueuedItem | BatchGap)[];
	readonly force?: boolean;
	readonly verify?: boolean;
	readonly retryBad?: boolean;
	readonly stop?: AbortSignal;
	readonly now?: () => number;
	/** Called between two looks at the queue. */
	readonly between?: () => unknown;
}

const openRun = ({ storage }: FakeOutputs): Promise<PinnedRun> =>
	pinRun(storage, { shards: 1, firstIndex: 1, chunks: true, settings: { k: "2" } }, { force: false });

async function produce(queue: JobQueue, outputs: FakeOutputs, command: Command = {}) {
	const { items = itemsOf(PATHS), force = false, verify = false, retryBad = false, stop = never, between } = command;
	const events: ProducerEvent[] = [];
	const run = await openRun(outputs);
	const outcome = await produceBatch({
		queue,
		storage: outputs.storage,
		folder: shardKey(WHOLE),
		run,
		batch: { version: VERSION, terms: { k: 2 } },
		items: (async function* () {
			yield items;
		})(),
		bounds: { mean: 4, most: 6 },
		force,
		verify,
		retryBad,
		pollMs: 1,
		stop,
		async pause() {
			await nextTurn();
			await between?.();
			return !stop.aborted;
		},
		now: command.now ?? now,
		onEvent: (event) => events.push(event),
	});
	return { outcome, events, failed: events.flatMap((event) => (event.type === "failed" ? event.line : [])) };
}

interface WorkerSettings {
	readonly version?: string;
	readonly stop?: AbortSignal;
	readonly untilEmpty?: boolean;
	readonly open?: WorkerOptions["open"];
	/** How long a pause is, in turns of the event loop. */
	readonly turns?: number;
	readonly before?: (item: QueuedItem) => unknown;
}

function startWorker(queue: JobQueue, outputs: FakeOutputs, settings: WorkerSettings = {}) {
	const { version = VERSION, stop = never, untilEmpty = false, turns = 1, before } = settings;
	const open = settings.open ?? (async () => outputs.open(before));
	const events: WorkerEvent[] = [];
	const ended = runWorker({
		queue,
		id: crypto.randomUUID(),
		version,
		about: { host: "here" },
		limit: 3,
		leaseMs: 1000,
		untilEmpty,
		stop,
		open,
		async pause(_, signal) {
			for (let turn = 0; turn < turns; turn++) {
				await nextTurn();
			}
			return signal?.aborted !== true;
		},
		now,
		onEvent: (event) => events.push(event),
	});
	ended.catch(() => undefined);
	return { ended, events };
}

/** Work until a command ended, and stop the worker. */
async function runBoth(queue: JobQueue, outputs: FakeOutputs, command: Command = {}, settings: WorkerSettings = {}) {
	const stop = new AbortController();
	const worker = startWorker(queue, outputs, { ...settings, stop: stop.signal });
	const produced = await produce(queue, outputs, command);
	stop.abort();
	await worker.ended;
	return { ...produced, worked: worker.events };
}

async function pathsOf({ storage }: FakeOutputs, run: PinnedRun): Promise<string[]> {
	const paths: string[] = [];
	for await (const { path } of runLines(storage, run)) {
		paths.push(path);
	}
	return paths.sort();
}

const failsAt = (path: string, error: DinosegError) => (item: QueuedItem) => {
	if (item.path === path) {
		throw error;
	}
};
const corrupt = new DinosegError("IMAGE_CORRUPT", "damaged");
const away = new DinosegError("INPUT_UNREADABLE", "away", { cause: Object.assign(new Error("EIO"), { code: "EIO" }) });

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
		expect(await pathsOf(outputs, await openRun(outputs))).toEqual([...more].sort());
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

	it("end with the reason where every worker refuses the run, and serve other runs meanwhile", async () => {
		const outputs = createFakeOutputs();
		const others = createFakeOutputs("others");
		await using queue = createMemoryQueue({ now });
		const gone = new DinosegError("MODEL_FILE_MISSING", "/models/mine: no such folder");
		let isGone = true;
		const stop = new AbortController();
		const opened: string[] = [];
		const open = async ({ output }: { readonly output: string }) => {
			opened.push(output);
			if (isGone && output === outputs.storage.uri) {
				throw gone;
			}
			return (output === others.storage.uri ? others : outputs).open();
		};
		let looks = 0;
		const refused = produce(queue, outputs, {
			between: () => {
				looks += 1;
			},
			now: () => 1000 * looks,
		});
		await expect.poll(async () => (await queue.counts()).waiting).toBeGreaterThan(5);
		const producing = produce(queue, others);
		const worker = startWorker(queue, outputs, { stop: stop.signal, open });
		await expect(refused).rejects.toMatchObject({ code: gone.code, message: gone.message });
		expect((await producing).outcome).toMatchObject({ done: 40 });
		expect(opened.length).toBeLessThan(10);
		expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
		stop.abort();
		await worker.ended;
		isGone = false;
		expect((await runBoth(queue, outputs)).outcome).toMatchObject({ done: 40 });
	});

	it("go on where a worker of another version refuses the run, and one of the same does it", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const stop = new AbortController();
		const other = startWorker(queue, outputs, { version: "9.9.9", stop: stop.signal, turns: 50 });
		const { outcome, events } = await runBoth(queue, outputs, {}, { before: nextTurn });
		stop.abort();
		await other.ended;
		expect(outcome).toMatchObject({ done: 40, open: 0 });
		const error = expect.objectContaining({ code: "RUN_MISMATCH", message: expect.stringMatching(/1\.2\.3.*9\.9\.9/) });
		expect(events).toContainEqual({ type: "refused", error });
	});

	it("make what already waits as the last command wants it", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const stop = new AbortController();
		const between = async () => {
			if ((await queue.counts()).waiting > 5) {
				stop.abort();
			}
		};
		await expect(produce(queue, outputs, { between, stop: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
		const replaced: boolean[] = [];
		const ended = new AbortController();
		const open = async () => {
			const opened = outputs.open();
			const work: typeof opened.work = (item, replaces) => {
				replaced.push(replaces);
				return opened.work(item, replaces);
			};
			return { ...opened, work };
		};
		let worker: ReturnType<typeof startWorker> | undefined;
		const start = () => {
			worker ??= startWorker(queue, outputs, { stop: ended.signal, open });
		};
		await produce(queue, outputs, { force: true, between: start });
		ended.abort();
		await worker?.ended;
		expect(replaced).toEqual(PATHS.map(() => true));
	});

	it("make nothing of a run whose outputs another run replaces, or that the worker does not see", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const producing = produce(queue, outputs, { now: () => performance.now() * 1000 });
		await expect.poll(async () => (await queue.counts()).waiting).toBeGreaterThan(5);
		await pinRun(outputs.storage, { shards: 1, firstIndex: 1, chunks: true, settings: { k: "3" } }, { force: true });
		const stop = new AbortController();
		const worker = startWorker(queue, outputs, { stop: stop.signal });
		await expect(producing).rejects.toMatchObject({ code: "RUN_MISMATCH", message: /holds another batch/ });
		await outputs.storage.remove(["run.json"]);
		stop.abort();
		await worker.ended;
		expect(outputs.made).toEqual([]);
	});

	it("do anew what another command left as failed", async () => {
		const outputs = createFakeOutputs();
		await using queue = createMemoryQueue({ now });
		const ended = new AbortController();
		const other = startWorker(queue, outputs, { version: "9.9.9", stop: ended.signal });
		const stop = new AbortController();
		const between = async () => {
			if ((await queue.counts()).failed > 3) {
				stop.abort();
			}
		};
		await expect(produce(queue, outputs, { between, stop: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
		ended.abort();
		await other.ended;
		const { outcome, events } = await runBoth(queue, outputs);
		expect(outcome).toMatchObject({ done: 40, open: 0 });
		expect(events.filter(({ type }) => type === "lost" || type === "refused")).toEqual([]);
	});

	it("serve several runs, each with what it wants, and end when nothing is left", async () => {
		const outputs = createFakeOutputs();
		const others = createFakeOutputs("others");
		await using queue = createMemoryQueue({ now });
		const opened: string[] = [];
		const open = async ({ output }: { readonly output: string }) => {
			opened.push(output);
			return (output === others.storage.uri ? others : outputs).open();
		};
		const stop = new AbortController();
		const producing = Promise.all([produce(queue, outputs), produce(queue, others)]);
		await expect.poll(async () => (await queue.counts()).waiting).toBeGreaterThan(0);
		const working = runWorker({
			queue,
			id: "a worker",
			version: VERSION,
			about: { host: "here" },
			limit: 3,
			leaseMs: 1000,
			untilEmpty: true,
			stop: stop.signal,
			open,
			async pause(_, signal) {
				await nextTurn();
				return signal?.aborted !== true;
			},
			now,
			onEvent: () => undefined,
		});
		const [one, two] = await producing;
		await working;
		expect([one.outcome.done, two.outcome.done]).toEqual([40, 40]);
		expect(opened.sort()).toEqual([outputs.storage.uri, others.storage.uri].sort());
		expect(await queue.workers()).toEqual([]);
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
