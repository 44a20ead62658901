import type { BatchGap, BatchItem, ChunkBounds } from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHUNK_BOUNDS, type Chunk, chunkItems } from "../../src/chunk/chunks.ts";
import { isInShard } from "../../src/shard.ts";

async function* stream(items: readonly (BatchItem | BatchGap)[]) {
	yield items;
}

const itemsOf = (paths: readonly string[]): BatchItem[] => paths.map((path) => ({ path, source: `/in/${path}` }));

async function divide(items: readonly (BatchItem | BatchGap)[], bounds: ChunkBounds = { mean: 4, most: 10 }) {
	const chunks: Chunk<BatchItem>[] = [];
	const gaps: BatchGap[] = [];
	for await (const chunk of chunkItems(stream(items), "a run", bounds)) {
		if ("error" in chunk) {
			gaps.push(chunk);
		} else {
			chunks.push(chunk);
		}
	}
	return { chunks, gaps, ids: chunks.map(({ id }) => id) };
}

const somePaths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 80 });

describe("chunkItems", () => {
	it("gives every item once, in order, in chunks within the bounds", async () => {
		await fc.assert(
			fc.asyncProperty(somePaths, async (paths) => {
				const { chunks, ids } = await divide(itemsOf(paths));
				expect(chunks.flatMap(({ items }) => items.map(({ path }) => path))).toEqual(paths);
				expect(chunks.every(({ items }) => items.length > 0 && items.length <= 10)).toBe(true);
				expect(new Set(ids).size).toBe(ids.length);
			}),
		);
	});

	it("changes few chunks where there is one item more", async () => {
		const paths = Array.from({ length: 2000 }, (_, index) => `photos/${index}.jpg`);
		const before = await divide(itemsOf(paths), CHUNK_BOUNDS);
		for (const at of [0, 700, 1999]) {
			const after = await divide(itemsOf([...paths.slice(0, at), "new.jpg", ...paths.slice(at)]), CHUNK_BOUNDS);
			expect(after.ids.filter((id) => !before.ids.includes(id)).length).toBeLessThanOrEqual(2);
		}
		expect(before.chunks.length).toBeGreaterThan(2000 / 24);
	});

	it.each([16, 64, 100])("makes chunks of the same size of each of %i shards", async (count) => {
		const paths = Array.from({ length: 400 * count }, (_, index) => `photos/${index}.jpg`);
		for (const number of [1, 2, count]) {
			const mine = paths.filter((path) => isInShard(path, { number, count }));
			const { chunks } = await divide(itemsOf(mine), CHUNK_BOUNDS);
			expect(mine.length / chunks.length).toBeGreaterThan(10);
			expect(mine.length / chunks.length).toBeLessThan(25);
		}
	});

	it("takes a path that comes twice once, and tells of two sources with one path", async () => {
		const { chunks, gaps } = await divide([...itemsOf(["a", "b", "a"]), { path: "b", source: "/elsewhere/b" }]);
		expect(chunks.flatMap(({ items }) => items)).toEqual(itemsOf(["a", "b"]));
		expect(gaps).toMatchObject([{ error: { code: "INPUT_CONFLICT" } }]);
	});

	it("names a chunk by its run and its paths, whatever their sources", async () => {
		expect((await divide(itemsOf(["photos/a.jpg"]))).ids).toEqual(["b780c5036756d031"]);
		expect((await divide([{ path: "photos/a.jpg", source: "s3://elsewhere" }])).ids).toEqual(["b780c5036756d031"]);
	});
});
