import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import {
	type BatchEvent,
	type BatchGap,
	type BatchItem,
	openManifest,
	readManifest,
	runBatch,
	sealOutput,
} from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScratchFolder } from "./scratch-folder.ts";

interface Settings {
	readonly limit?: number;
	readonly retryBad?: boolean;
	readonly failFast?: boolean;
	/** Answers of `pause`. */
	readonly goesOn?: boolean;
	/** Called before the output of an item is made. */
	readonly before?: (item: BatchItem) => unknown;
}

function itemsOf(...paths: string[]): BatchItem[] {
	return paths.map((path) => ({ path, source: `/in/${path}` }));
}

function failure(code: ErrorCode, errno?: string): DinosegError {
	const cause = errno === undefined ? undefined : Object.assign(new Error(errno), { code: errno });
	return new DinosegError(code, `${code} ${errno}`, { cause });
}

/** Run a batch whose outputs are files with the name of their item. */
async function run(folder: string, items: readonly (BatchItem | BatchGap)[], settings: Settings = {}) {
	const { before, goesOn = true, limit = 2, ...flags } = settings;
	const events: BatchEvent<BatchItem>[] = [];
	const waits: number[] = [];
	const made: string[] = [];
	await using manifest = await openManifest(folder, { run: "a run", read: await readManifest(folder) });
	const outcome = await runBatch<BatchItem>({
		items: (async function* () {
			for (const item of items) {
				yield [item];
			}
		})(),
		manifest,
		limit,
		isThere: ({ path }) => existsSync(join(folder, path, "marker")),
		async work(item) {
			await before?.(item);
			made.push(item.path);
			await mkdir(join(folder, item.path), { recursive: true });
			await writeFile(join(folder, item.path, "marker"), item.path);
			return { mark: 0, files: await sealOutput(join(folder, item.path)), facts: {} };
		},
		async pause(milliseconds) {
			waits.push(milliseconds);
			return goesOn;
		},
		onEvent: (event) => events.push(event),
		...flags,
	});
	return { outcome, events, waits, made, types: events.map(({ type }) => type) };
}

describe("runBatch", () => {
	it("makes every output once, in any number of runs that end anywhere", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 12 }),
				fc.array(fc.nat(12), { maxLength: 4 }),
				fc.integer({ min: 1, max: 4 }),
				async (paths, ends, limit) => {
					await using scratch = await createScratchFolder();
					const made: string[] = [];
					for (const end of ends) {
						let count = 0;
						const before = () => {
							if (count++ >= end) {
								throw failure("OUTPUT_UNWRITABLE", "ENOSPC");
							}
						};
						made.push(...(await run(scratch.folder, itemsOf(...paths), { before, limit })).made);
					}
					const last = await run(scratch.folder, itemsOf(...paths), { limit });
					made.push(...last.made);
					expect(made.sort()).toEqual([...paths].sort());
					const { done, present } = last.outcome;
					expect(done + present).toBe(paths.length);
				},
			),
			{ numRuns: 30 },
		);
	});

	it("takes an item that comes twice once, and tells of two sources with one path", async () => {
		await using scratch = await createScratchFolder();
		const twice = [...itemsOf("a", "b", "a"), { path: "b", source: "/elsewhere/b" }];
		const { made, outcome, events } = await run(scratch.folder, twice);
		expect(made.sort()).toEqual(["a", "b"]);
		expect(outcome).toEqual({ done: 2, present: 0, bad: 0, open: 1 });
		const details = { path: "b", source: "/elsewhere/b" };
		expect(events).toContainEqual({ type: "gap", error: expect.objectContaining({ code: "INPUT_CONFLICT", details }) });
	});

	it("puts into quarantine what is bad itself, and tries it again only if told", async () => {
		await using scratch = await createScratchFolder();
		const before = ({ path }: BatchItem) => {
			if (path === "bad") {
				throw failure("IMAGE_CORRUPT");
			}
		};
		const items = itemsOf("a", "bad", "c");
		expect((await run(scratch.folder, items, { before })).outcome).toEqual({ done: 2, present: 0, bad: 1, open: 0 });
		const again = await run(scratch.folder, items);
		expect(again.made).toEqual([]);
		expect(again.outcome).toEqual({ done: 0, present: 2, bad: 1, open: 0 });
		expect(again.types).toContain("quarantined");
		const retried = await run(scratch.folder, items, { retryBad: true });
		expect(retried.made).toEqual(["bad"]);
		expect((await run(scratch.folder, items)).outcome).toEqual({ done: 0, present: 3, bad: 0, open: 0 });
	});

	it("tries again what may pass, after longer and longer waits", async () => {
		await using scratch = await createScratchFolder();
		let failures = 2;
		const before = () => {
			if (failures-- > 0) {
				throw failure("INPUT_UNREADABLE", "EIO");
			}
		};
		const { outcome, waits } = await run(scratch.folder, itemsOf("a"), { before });
		expect(outcome).toEqual({ done: 1, present: 0, bad: 0, open: 0 });
		expect(waits).toEqual([500, 2000]);
	});

	it("leaves to the next run what does not pass, and where it is to end while it waits", async () => {
		await using scratch = await createScratchFolder();
		const before = () => {
			throw failure("INPUT_UNREADABLE", "ESTALE");
		};
		const { outcome, waits } = await run(scratch.folder, itemsOf("a"), { before });
		expect(outcome).toEqual({ done: 0, present: 0, bad: 0, open: 1 });
		expect(waits).toEqual([500, 2000, 8000]);
		expect((await run(scratch.folder, itemsOf("a"), { before, goesOn: false })).waits).toEqual([500]);
		expect((await run(scratch.folder, itemsOf("a"))).outcome.done).toBe(1);
	});

	it.each([
		["OUTPUT_UNWRITABLE", "ENOSPC"],
		["OUTPUT_UNWRITABLE", "EROFS"],
		["OUTPUT_UNWRITABLE", "EACCES"],
		["MODEL_RUN_FAILED", undefined],
		["INTERNAL", undefined],
	] as const)("ends early at %s (%s): nothing new begins, and nothing is in quarantine", async (code, errno) => {
		await using scratch = await createScratchFolder();
		const before = ({ path }: BatchItem) => {
			if (path === "b") {
				throw failure(code, errno);
			}
		};
		const items = itemsOf("a", "b", "c", "d");
		const { outcome, made } = await run(scratch.folder, items, { before, limit: 1 });
		expect(made).toEqual(["a"]);
		expect(outcome).toMatchObject({ done: 1, bad: 0, open: 1, stopped: { code } });
		expect((await run(scratch.folder, items)).outcome).toEqual({ done: 3, present: 1, bad: 0, open: 0 });
	});

	it("takes a name that no disk can hold for a bad item", async () => {
		await using scratch = await createScratchFolder();
		const before = () => {
			throw failure("OUTPUT_UNWRITABLE", "ENAMETOOLONG");
		};
		expect((await run(scratch.folder, itemsOf("a"), { before })).outcome).toMatchObject({ bad: 1, open: 0 });
	});

	it("ends at the first failure where it is told to", async () => {
		await using scratch = await createScratchFolder();
		const before = ({ path }: BatchItem) => {
			if (path === "a") {
				throw failure("IMAGE_CORRUPT");
			}
		};
		const { made, outcome } = await run(scratch.folder, itemsOf("a", "b"), { before, failFast: true, limit: 1 });
		expect(made).toEqual([]);
		expect(outcome).toMatchObject({ bad: 1, stopped: { code: "IMAGE_CORRUPT" } });
	});

	it("goes on behind a part of the input that cannot be searched, and is not complete then", async () => {
		await using scratch = await createScratchFolder();
		const gap = { error: failure("INPUT_UNREADABLE", "EACCES") };
		const { outcome } = await run(scratch.folder, [...itemsOf("a"), gap, ...itemsOf("b")]);
		expect(outcome).toEqual({ done: 2, present: 0, bad: 0, open: 1 });
		const manifest = () => readFile(join(scratch.folder, "manifest.jsonl"), "utf8");
		expect(await manifest()).not.toContain('"status":"end"');
		await run(scratch.folder, itemsOf("a", "b"));
		expect(await manifest()).toContain('{"status":"end","done":2,"bad":0}');
	});

	it("has at most so many items in work as it may, and so many where there are", async () => {
		await using scratch = await createScratchFolder();
		let [now, most] = [0, 0];
		const before = async () => {
			most = Math.max(most, ++now);
			await new Promise((resolve) => setImmediate(resolve));
			now -= 1;
		};
		await run(scratch.folder, itemsOf("a", "b", "c", "d", "e", "f"), { before, limit: 3 });
		expect(most).toBe(3);
	});
});
