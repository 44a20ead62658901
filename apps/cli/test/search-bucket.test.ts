import type { Storage, StoredObject } from "@dinoseg/jobs/storage";
import { describe, expect, it } from "vitest";
import { searchBucket } from "../dist/buckets/search-bucket.js";

const KEYS = [
	"a/1.jpg",
	"a/b/1.jpg",
	"a/b/result/labels.png",
	"a/b/result/segments.json",
	"a/b/result/sub/2.jpg",
	"a/b/z.jpg",
	"a-result/.hidden.jpg",
	"a-result/x/1.jpg",
	"c/.hidden/1.jpg",
	"c/1.jpg",
	"c/notsegments.json",
	"d/1.jpg",
	"d/segments.json",
	"d/segments.json/deep.jpg",
	"e/1.jpg",
].sort();

/** A bucket that gives so many objects at a time. */
function bucketOf(keys: readonly string[], pageSize: number): { storage: Storage; asked: string[] } {
	const asked: string[] = [];
	const storage: Pick<Storage, "list" | "size"> = {
		async *list(prefix) {
			const all = keys.filter((key) => key.startsWith(prefix)).map((key): StoredObject => ({ key, size: 1 }));
			for (let from = 0; from < all.length; from += pageSize) {
				yield all.slice(from, from + pageSize);
			}
		},
		async size(key) {
			asked.push(key);
			return keys.includes(key) ? 1 : undefined;
		},
	};
	return { storage: storage as Storage, asked };
}

async function search(storage: Storage, folder: string): Promise<string[]> {
	const found: string[] = [];
	for await (const objects of searchBucket(storage, folder)) {
		found.push(...objects.map(({ key }) => key));
	}
	return found;
}

describe("a search of a bucket", () => {
	it.each([1, 2, 3, 4, 7, 100])(
		"leaves out results and what is hidden, with %i objects in a part of the list",
		async (size) => {
			const { storage, asked } = bucketOf(KEYS, size);
			expect(await search(storage, "")).toEqual([
				"a-result/x/1.jpg",
				"a/1.jpg",
				"a/b/1.jpg",
				"a/b/z.jpg",
				"c/1.jpg",
				"c/notsegments.json",
				"e/1.jpg",
			]);
			// A list in one part tells all.
			expect(size === 100 ? asked : []).toEqual([]);
			expect(new Set(asked).size).toBe(asked.length);
		},
	);

	it.each([1, 3, 100])("finds nothing in a folder that is a result, with %i objects in a part", async (size) => {
		const { storage } = bucketOf(KEYS, size);
		expect(await search(storage, "d/")).toEqual([]);
		expect(await search(storage, "c/")).toEqual(["c/1.jpg", "c/notsegments.json"]);
	});
});
