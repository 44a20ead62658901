import { isDinosegError } from "@dinoseg/core/errors";
import { describe, expect, it } from "vitest";
import type { Storage, StoredObject } from "../../src/storage/storage.ts";

/** A storage with nothing in it. */
export interface TestedStorage extends AsyncDisposable {
	readonly storage: Storage;
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function listed(storage: Storage, prefix: string): Promise<StoredObject[]> {
	const all: StoredObject[] = [];
	for await (const some of storage.list(prefix)) {
		all.push(...some);
	}
	return all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function codeOf(run: Promise<unknown>): Promise<string> {
	return run.then(
		() => "nothing",
		(error: unknown) => (isDinosegError(error) ? error.code : String(error)),
	);
}

/**
 * What every storage does alike.
 *
 * @param showsHalves of a server that shows objects while they are written.
 */
export function describeStorage(name: string, open: () => Promise<TestedStorage>, showsHalves = false): void {
	describe(name, () => {
		it("gives what was put, whatever its length and name", async () => {
			await using tested = await open();
			const { storage } = tested;
			const contents = new Map([
				["a.bin", Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 251)],
				["empty", new Uint8Array()],
				["deep/er/ü ü+%2F&#?'\"(1).json", bytes("{}")],
				["deep/日本.txt", bytes("日本")],
			]);
			for (const [key, content] of contents) {
				await storage.put(key, content);
			}
			for (const [key, content] of contents) {
				expect(await storage.get(key), key).toEqual(content);
				expect(await storage.size(key), key).toBe(content.length);
			}
			expect((await listed(storage, "")).map(({ key, size }) => [key, size])).toEqual(
				[...contents]
					.map(([key, { length }]) => [key, length])
					.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
			);
		});

		it("gives nothing where nothing is", async () => {
			await using tested = await open();
			const { storage } = tested;
			expect(await storage.get("a/b")).toBeUndefined();
			expect(await storage.size("a/b")).toBeUndefined();
			expect(await listed(storage, "")).toEqual([]);
			expect(await listed(storage, "a/")).toEqual([]);
			await storage.remove(["a/b", "c"]);
			await storage.remove([]);
			await storage.put("a/b/c", bytes("c"));
			expect(await storage.get("a/b")).toBeUndefined();
			expect(await storage.size("a")).toBeUndefined();
			expect(await storage.get("a/b/c/d")).toBeUndefined();
		});

		it("replaces an object, and removes it", async () => {
			await using tested = await open();
			const { storage } = tested;
			await storage.put("a/b", bytes("one"));
			await storage.put("a/b", bytes("two, longer"));
			await storage.put("a/c", bytes("c"));
			expect(await storage.get("a/b")).toEqual(bytes("two, longer"));
			await storage.remove(["a/b", "gone"]);
			expect(await storage.get("a/b")).toBeUndefined();
			expect((await listed(storage, "")).map(({ key }) => key)).toEqual(["a/c"]);
		});

		it("lists by the beginning of the key, which may end within a name", async () => {
			await using tested = await open();
			const { storage } = tested;
			for (const key of ["a/b", "a/bc/d", "a/c", "ab/b", "b"]) {
				await storage.put(key, bytes(key));
			}
			const keys = async (prefix: string) => (await listed(storage, prefix)).map(({ key }) => key);
			expect(await keys("a/b")).toEqual(["a/b", "a/bc/d"]);
			expect(await keys("a/")).toEqual(["a/b", "a/bc/d", "a/c"]);
			expect(await keys("a")).toEqual(["a/b", "a/bc/d", "a/c", "ab/b"]);
			expect(await keys("a/bc/")).toEqual(["a/bc/d"]);
			expect(await keys("x")).toEqual([]);
		});

		it("refuses keys that leave the root", async () => {
			await using tested = await open();
			const { storage } = tested;
			for (const key of ["", "../a", "a/../../b", "a/..", "./a", "a\0b", "x".repeat(5000)]) {
				expect(await codeOf(storage.put(key, bytes("x"))), key).toBe("OPTION_INVALID");
				expect(await codeOf(storage.get(key)), key).toBe("OPTION_INVALID");
				expect(await codeOf(storage.size(key)), key).toBe("OPTION_INVALID");
				expect(await codeOf(storage.remove([key])), key).toBe("OPTION_INVALID");
			}
			expect(await listed(storage, "")).toEqual([]);
		});

		it("reads no more than the limit", async () => {
			await using tested = await open();
			const { storage } = tested;
			await storage.put("a", new Uint8Array(1001));
			expect(await codeOf(storage.get("a", { maxBytes: 1000 }))).toBe("INPUT_UNREADABLE");
			expect((await storage.get("a", { maxBytes: 1001 }))?.length).toBe(1001);
			expect(await storage.get("none", { maxBytes: 0 })).toBeUndefined();
		});

		it("ends when its signal says so, and leaves nothing", async () => {
			await using tested = await open();
			const { storage } = tested;
			await storage.put("a", bytes("a"));
			const signal = AbortSignal.abort();
			expect(await codeOf(storage.get("a", { signal }))).toBe("ABORTED");
			expect(await codeOf(storage.put("b", bytes("b"), signal))).toBe("ABORTED");
			expect((await listed(storage, "")).map(({ key }) => key)).toEqual(["a"]);
		});

		it.skipIf(showsHalves)("shows one of the objects whole that several put at once", async () => {
			await using tested = await open();
			const { storage } = tested;
			const contents = Array.from({ length: 8 }, (_, index) => new Uint8Array(50_000).fill(index));
			await storage.put("a", contents[0]);
			const reads = contents.map(() => storage.get("a"));
			await Promise.all(contents.map((content) => storage.put("a", content)));
			for (const read of [...(await Promise.all(reads)), await storage.get("a")]) {
				expect(contents).toContainEqual(read);
			}
		});
	});
}
