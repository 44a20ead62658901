import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listChunks } from "../../src/chunk/chunk-manifest.ts";
import type { JsonValue, QueuedItem } from "../../src/index.ts";
import { createFakeOutputs } from "./fake-outputs.ts";
import { FOLDER, ID, linesOf, work } from "./work.ts";

const failure = (code: ErrorCode, errno?: string) =>
	new DinosegError(code, `${code} ${errno}`, { cause: errno && Object.assign(new Error(errno), { code: errno }) });

const failsAt =
	(path: string, error: DinosegError) =>
	(item: QueuedItem): void => {
		if (item.path === path) {
			throw error;
		}
	};

describe("workChunk", () => {
	it("ends with each item exactly once in a manifest, whatever items end their workers", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 12 }),
				fc.func(fc.integer({ min: 0, max: 5 })),
				fc.integer({ min: 1, max: 4 }),
				async (paths, kind, limit) => {
					const outputs = createFakeOutputs();
					const isPoison = (path: string) => kind(path) === 0;
					let noted: JsonValue | undefined;
					for (let workers = 0; workers < 5 * paths.length + 1; workers++) {
						let die = () => {};
						const death = new Promise<"died">((resolve) => {
							die = () => resolve("died");
						});
						let isDead = false;
						const never = new Promise(() => undefined);
						const before = async ({ path }: QueuedItem) => {
							await Promise.resolve();
							if (isPoison(path) || isDead) {
								isDead = true;
								die();
								await never;
							}
						};
						const onNote = (data: JsonValue) => {
							noted = isDead ? noted : data;
						};
						const working = work(outputs, paths, { before, limit, onNote, ...(noted ? { noted } : {}) });
						if ((await Promise.race([working, death])) !== "died") {
							break;
						}
					}
					const { state, known } = await linesOf(outputs);
					expect(state).toBe("complete");
					expect(known.map(({ path }) => path)).toEqual(paths);
					const bad = known.filter(({ status }) => status === "bad");
					expect(bad.map(({ path }) => path)).toEqual(paths.filter(isPoison));
					expect(bad).toEqual(bad.map(() => expect.objectContaining({ code: "WORKER_DIED" })));
					expect(new Set(outputs.made)).toEqual(new Set(paths.filter((path) => !isPoison(path))));
				},
			),
			{ numRuns: 40 },
		);
	});

	it("writes a manifest in the order of the items, with an end", async () => {
		const outputs = createFakeOutputs();
		const { outcome } = await work(outputs, ["b", "bad", "a"], { before: failsAt("bad", failure("IMAGE_CORRUPT")) });
		expect(outcome).toEqual({ type: "done", counts: { done: 2, present: 0, bad: 1, open: 0 } });
		const bytes = await outputs.storage.get(`${FOLDER}${ID}.jsonl`);
		const lines = new TextDecoder().decode(bytes).trim().split("\n");
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			{ status: "run", run: expect.any(String) },
			expect.objectContaining({ status: "done", path: "b" }),
			{ status: "bad", path: "bad", code: "IMAGE_CORRUPT", message: "IMAGE_CORRUPT undefined" },
			expect.objectContaining({ status: "done", path: "a" }),
			{ status: "end", done: 2, bad: 1 },
		]);
		const again = await work(outputs, ["b", "bad", "a"]);
		expect(again.outcome).toEqual({ type: "done", counts: { present: 2, bad: 1 } });
		expect(again.events).toEqual([]);
	});

	it("leaves a chunk open whose item failed in passing, and makes only that one the next time", async () => {
		const outputs = createFakeOutputs();
		const before = failsAt("b", failure("INPUT_UNREADABLE", "EIO"));
		const { outcome, events } = await work(outputs, ["a", "b", "c"], { before });
		expect(outcome).toEqual({ type: "done", counts: { done: 2, present: 0, bad: 0, open: 1 } });
		expect(events.filter(({ type }) => type === "retry")).toHaveLength(3);
		expect(await linesOf(outputs)).toMatchObject({ state: "open", open: [{ path: "b", code: "INPUT_UNREADABLE" }] });
		outputs.made.length = 0;
		expect((await work(outputs, ["a", "b", "c"])).outcome).toMatchObject({ counts: { done: 1, present: 2, open: 0 } });
		expect(outputs.made).toEqual(["b"]);
		expect(await listChunks(outputs.storage, FOLDER)).toEqual(new Map([[ID, "complete"]]));
	});

	it("makes an output again that is gone, and with verify one that has changed", async () => {
		const outputs = createFakeOutputs();
		await work(outputs, ["a", "b", "c"], { before: failsAt("c", failure("INPUT_UNREADABLE", "EIO")) });
		await outputs.storage.remove(["a/marker"]);
		await outputs.storage.put("b/marker", new TextEncoder().encode("output of B"));
		outputs.made.length = 0;
		await work(outputs, ["a", "b", "c"], { before: failsAt("c", failure("INPUT_UNREADABLE", "EIO")) });
		expect(outputs.made).toEqual(["a"]);
		await work(outputs, ["a", "b", "c"], { verify: true });
		expect(outputs.made.sort()).toEqual(["a", "b", "c"]);
	});

	it.each([1, 2, 3])(
		"finishes what is in work when it is to stop, and gives the rest back (limit %i)",
		async (limit) => {
			const outputs = createFakeOutputs();
			const stop = new AbortController();
			const before = ({ path }: QueuedItem) => {
				if (path === "c") {
					stop.abort();
				}
			};
			const paths = ["a", "b", "c", "d", "e", "f", "g"];
			const { outcome, events } = await work(outputs, paths, { before, stop: stop.signal, limit });
			expect(outcome).toEqual({ type: "returned" });
			expect(events.filter(({ type }) => type === "failed")).toEqual([]);
			expect(outputs.made).toContain("c");
			expect(outputs.made.length).toBeLessThan(3 + limit);
			expect(await linesOf(outputs)).toMatchObject({ state: "part", open: [] });
			await work(outputs, paths);
			expect(outputs.made.sort()).toEqual(paths);
		},
	);

	it("keeps nothing of a chunk that ended", async () => {
		setFlagsFromString("--expose-gc");
		const collect = runInNewContext("gc") as () => void;
		const outputs = createFakeOutputs();
		const stop = new AbortController();
		const bytesAfter = async (chunks: number): Promise<number> => {
			for (let chunk = 0; chunk < chunks; chunk++) {
				await work(outputs, ["a"], { stop: stop.signal });
				await outputs.storage.remove([`${FOLDER}${ID}.jsonl`]);
			}
			await new Promise((resolve) => setImmediate(resolve));
			collect();
			return process.memoryUsage().heapUsed;
		};
		const before = await bytesAfter(300);
		expect((await bytesAfter(1000)) - before).toBeLessThan(1000 * 1000);
	});

	it("leaves to the next worker what fails in passing when it is to stop", async () => {
		const outputs = createFakeOutputs();
		const stop = new AbortController();
		const before = ({ path }: QueuedItem) => {
			if (path === "b") {
				stop.abort();
				throw failure("INPUT_UNREADABLE", "EIO");
			}
		};
		const { outcome, events } = await work(outputs, ["a", "b"], { before, stop: stop.signal, limit: 1 });
		expect(outcome).toEqual({ type: "returned" });
		expect(events.filter(({ type }) => type === "failed")).toEqual([]);
		expect(await linesOf(outputs)).toMatchObject({ state: "part", known: [{ path: "a" }], open: [] });
	});

	it("puts an input that is not there into quarantine, and leaves it to the next command as a service", async () => {
		const before = failsAt("b", failure("INPUT_NOT_FOUND"));
		const [outputs, others] = [createFakeOutputs(), createFakeOutputs()];
		expect((await work(outputs, ["a", "b"], { before })).outcome).toMatchObject({ counts: { bad: 1, open: 0 } });
		const { outcome } = await work(others, ["a", "b"], { before, isService: true });
		expect(outcome).toMatchObject({ counts: { done: 1, bad: 0, open: 1 } });
	});

	it("gives a chunk back as a service while the storage is away, some times", async () => {
		const outputs = createFakeOutputs();
		const before = failsAt("b", failure("STORAGE_UNREACHABLE"));
		let noted: JsonValue = null;
		const onNote = (data: JsonValue) => {
			noted = data;
		};
		const again = () => work(outputs, ["a", "b"], { before, isService: true, onNote, ...(noted ? { noted } : {}) });
		for (let times = 0; times < 10; times++) {
			await expect(again()).rejects.toMatchObject({ code: "STORAGE_UNREACHABLE" });
			expect(await linesOf(outputs)).toMatchObject({ state: "part", known: [{ path: "a" }], open: [] });
		}
		expect((await again()).outcome).toMatchObject({ counts: { present: 1, open: 1 } });
	});

	it("takes a manifest that somebody damaged for none, and writes it anew", async () => {
		const outputs = createFakeOutputs();
		await outputs.storage.put(`${FOLDER}${ID}.jsonl`, new TextEncoder().encode("damaged\n"));
		expect((await work(outputs, ["a"])).outcome).toMatchObject({ type: "done", counts: { done: 1 } });
		expect(await linesOf(outputs)).toMatchObject({ state: "complete", known: [{ path: "a" }] });
	});

	it("writes no manifest of a chunk that another worker has now", async () => {
		const outputs = createFakeOutputs();
		const lost = new AbortController();
		const { outcome } = await work(outputs, ["a", "b"], { before: () => lost.abort(), lost: lost.signal, limit: 1 });
		expect(outcome).toEqual({ type: "returned" });
		expect((await linesOf(outputs)).state).toBeUndefined();
	});

	it("throws what every item would meet, and keeps what was done", async () => {
		const outputs = createFakeOutputs();
		const before = failsAt("b", failure("OUTPUT_UNWRITABLE", "ENOSPC"));
		const notes: JsonValue[] = [];
		const working = work(outputs, ["a", "b", "c"], { before, limit: 1, onNote: (data) => notes.push(data) });
		await expect(working).rejects.toMatchObject({ message: /ENOSPC/ });
		expect(notes).toEqual([{ a: 1 }, { b: 1 }, {}].map((begun) => ({ begun, returns: 0 })));
		expect(await linesOf(outputs)).toMatchObject({ state: "part", known: [{ path: "a" }], open: [] });
	});
});
