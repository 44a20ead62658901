import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { beforeEach, describe, expect, it } from "vitest";
import { useTemporaryFolder } from "../../../packages/node/test/support/temporary-folder.ts";
import { openEntryStore } from "../dist/store/entry-store.js";

const folder = useTemporaryFolder();
let now = 0;
let root = "";
let number = 0;
beforeEach(() => {
	now = Date.now();
	root = join(folder.path, `store${number++}`);
});

/** Of the disk: two files take two blocks. */
const ENTRY = 8192;

const open = async (maxBytes = 10 * ENTRY, maxAgeMs = 1e6) => {
	await mkdir(root, { recursive: true });
	return openEntryStore({
		folder: root,
		markers: { things: "marker" },
		maxBytes,
		maxAgeMs,
		temporaryFiles: createTemporaryFiles(),
		now: () => now,
	});
};
type Store = Awaited<ReturnType<typeof open>>;

/** An entry of two small files. */
async function put(store: Store, name: string): Promise<void> {
	now += 1000;
	await store.write(`things/${name}`, "file", new Uint8Array(99));
	await store.write(`things/${name}`, "marker", new Uint8Array(1));
}

const names = () => readdir(join(root, "things")).then((found) => found.sort());

describe("the store of entries", () => {
	it("finds what was written, also after a restart", async () => {
		const store = await open();
		await put(store, "a");
		expect(await store.find("things/a", "file")).toEqual({ path: join(root, "things/a/file"), bytes: 99 });
		expect(await store.find("things/a", "other")).toBeUndefined();
		expect(await store.find("things/b", "file")).toBeUndefined();
		const again = await open();
		expect([again.bytes, again.count]).toEqual([ENTRY, 1]);
		expect(await again.find("things/a", "file")).toMatchObject({ bytes: 99 });
	});

	it("counts a file that is written again once", async () => {
		const store = await open();
		await put(store, "a");
		await store.write("things/a", "file", new Uint8Array(50));
		expect(store.bytes).toBe(ENTRY);
	});

	it("takes a file over", async () => {
		const store = await open();
		const path = join(folder.path, `beside${number}`);
		await writeFile(path, "12345");
		await store.adopt("things/a", "file", path, new Uint8Array(1));
		expect(await readFile(join(root, "things/a/file"), "utf8")).toBe("12345");
		await expect(readFile(path)).rejects.toThrow(/ENOENT/);
		expect(store.bytes).toBe(ENTRY);
	});

	it("removes at its start what has no marker", async () => {
		const store = await open();
		await put(store, "a");
		await put(store, "b");
		await rm(join(root, "things/a/marker"));
		expect((await open()).count).toBe(1);
		expect(await names()).toEqual(["b"]);
	});

	it("lets the least recently used go above the limit", async () => {
		const store = await open(3.5 * ENTRY);
		for (const name of ["a", "b", "c"]) {
			await put(store, name);
		}
		now += 1000;
		await store.find("things/a", "file");
		await put(store, "d");
		expect(await names()).toEqual(["a", "c", "d"].sort());
		expect(store.bytes).toBeLessThanOrEqual(3.5 * ENTRY);
	});

	it("knows after a restart when an entry was used", async () => {
		const store = await open();
		await put(store, "a");
		await put(store, "b");
		now += 10_000;
		await store.find("things/a", "file");
		await expect.poll(async () => (await open(1.5 * ENTRY)).count).toBe(1);
		expect(await names()).toEqual(["a"]);
	});

	it("lets go what nobody used for long", async () => {
		const store = await open(10 * ENTRY, 5000);
		await put(store, "a");
		now += 4000;
		await put(store, "b");
		await store.sweep();
		expect(await names()).toEqual(["a", "b"]);
		now += 2000;
		await store.sweep();
		expect(await names()).toEqual(["b"]);
	});

	it("keeps what is held, however large", async () => {
		const store = await open(1.5 * ENTRY);
		const release = store.hold("things/a");
		await put(store, "a");
		await put(store, "b");
		await put(store, "c");
		expect(await names()).toContain("a");
		release();
		release();
		await put(store, "d");
		expect(await names()).toEqual(["d"]);
	});

	it("forgets what was held and never came to be", async () => {
		const store = await open();
		store.hold("things/a")();
		expect(store.count).toBe(0);
	});
});
