import { DinosegError } from "@dinoseg/core/errors";
import { createMemoryQueue, pinRun, runWorker } from "@dinoseg/jobs";
import { describe, expect, it } from "vitest";
import { createFakeOutputs } from "./fake-outputs.ts";
import { nextTurn, now, PATHS, produce, runBoth, startWorker, VERSION } from "./produce.ts";

describe("produceBatch and runWorker, where runs meet", () => {
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
			const openChunk: typeof opened.openChunk = (lines) => {
				const chunk = opened.openChunk(lines);
				const work: typeof chunk.work = (item, replaces) => {
					replaced.push(replaces);
					return chunk.work(item, replaces);
				};
				return { ...chunk, work };
			};
			return { ...opened, openChunk };
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
		await pinRun(
			outputs.storage,
			{ kind: "segment", shards: 1, firstIndex: 1, chunks: true, settings: { k: "3" } },
			{ force: true },
		);
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
		// The counts say when all have ended: no time passes, and nothing is looked for.
		const late = new AbortController();
		let looks = 0;
		const look = () => looks++ > 10_000 && late.abort();
		const { outcome, events } = await runBoth(queue, outputs, { now: () => 0, stop: late.signal, between: look });
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
