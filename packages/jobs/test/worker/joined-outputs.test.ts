import { DinosegError } from "@dinoseg/core/errors";
import { createMemoryQueue, type DoneLine, endedChunks, shardKey, WHOLE } from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QueuedItem } from "../../src/index.ts";
import { createJoinedOutputs, readJoined } from "./fake-outputs.ts";
import { corrupt, failsAt, itemsOf, now, openRun, PATHS, runBoth } from "./produce.ts";
import { linesOf, work } from "./work.ts";

/** What becomes of a worker with an item in work: it is told to stop, also after it found the object gone; or it is lost. */
type Fate = { readonly type: "stopped" | "lost" | "robbed"; readonly at: number };

const fates = fc.array(
	fc.record({ type: fc.constantFrom("stopped", "lost", "robbed"), at: fc.nat(8) }) as fc.Arbitrary<Fate>,
	{ maxLength: 4 },
);

const isDone = (line: { readonly status: string }): line is DoneLine => line.status === "done";

describe("outputs that the items of a chunk have in common", () => {
	it("are of just the items that are done, whatever becomes of their workers", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 9 }),
				fc.func(fc.integer({ min: 0, max: 5 })),
				fates,
				fc.integer({ min: 1, max: 3 }),
				async (paths, kind, lives, limit) => {
					const outputs = createJoinedOutputs();
					const isBad = (path: string) => kind(path) === 0;
					const fail = (path: string) => {
						if (isBad(path)) {
							throw new DinosegError("IMAGE_CORRUPT", path);
						}
					};
					for (const { type, at } of lives) {
						if (type === "robbed") {
							const { known } = await linesOf(outputs);
							await outputs.storage.remove(known.filter(isDone).flatMap(({ files }) => Object.keys(files)));
						}
						const stop = new AbortController();
						const lost = new AbortController();
						let begun = 0;
						const before = ({ path }: QueuedItem) => {
							if (begun++ === at) {
								(type === "lost" ? lost : stop).abort();
							}
							fail(path);
						};
						await work(outputs, paths, { before, limit, stop: stop.signal, lost: lost.signal });
						const { known } = await linesOf(outputs);
						const done = known.filter(isDone);
						expect((await readJoined(outputs.storage, done)) ?? []).toEqual(done.map(({ path }) => path).sort());
						if ((await linesOf(outputs)).state === "complete") {
							break;
						}
					}
					await work(outputs, paths, { before: ({ path }) => fail(path), limit });
					const { state, known } = await linesOf(outputs);
					expect(state).toBe("complete");
					expect(known.map(({ path }) => path)).toEqual(paths);
					const good = paths.filter((path) => !isBad(path));
					expect((await readJoined(outputs.storage, known.filter(isDone))) ?? []).toEqual(good.sort());
				},
			),
			{ numRuns: 100 },
		);
	});

	it("are made of the items that were not done, and of those of an object that is gone", async () => {
		const outputs = createJoinedOutputs();
		const away = failsAt("b", new DinosegError("STORAGE_UNREACHABLE", "away"));
		await work(outputs, ["a", "b", "c"], { before: away });
		outputs.made.length = 0;
		await work(outputs, ["a", "b", "c"], { before: away });
		expect(outputs.made).toEqual([]);
		const { known } = await linesOf(outputs);
		await outputs.storage.remove(known.filter(isDone).flatMap(({ files }) => Object.keys(files)));
		expect((await work(outputs, ["a", "b", "c"])).outcome).toMatchObject({ counts: { done: 3, open: 0 } });
		expect(outputs.made.sort()).toEqual(["a", "b", "c"]);
	});

	it("are of each item once, though a later command divides them otherwise", async () => {
		const outputs = createJoinedOutputs();
		await using queue = createMemoryQueue({ now });
		const before = failsAt("photos/7.jpg", corrupt);
		const run = await openRun(outputs);
		const joined = async () => {
			const paths: string[] = [];
			for await (const { lines = [] } of endedChunks(outputs.storage, shardKey(WHOLE), run.id)) {
				paths.push(...((await readJoined(outputs.storage, lines)) ?? []));
			}
			return paths.sort();
		};
		expect(await joined()).toEqual([]);
		for (const paths of [PATHS, [...PATHS.slice(0, 20), "new.jpg", ...PATHS.slice(20)], PATHS.slice(3)]) {
			await runBoth(queue, outputs, { items: itemsOf(paths) }, { before });
			expect(await joined()).toEqual(paths.filter((path) => path !== "photos/7.jpg").sort());
		}
	});
});
