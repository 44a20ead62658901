import { mkdtemp, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { loadCheckpoint } from "../dist/model/load-checkpoint.js";
import { modelDigest } from "../dist/model/model-digest.js";
import { CHECKPOINT_FILES, copyCheckpoint } from "./support/copy-checkpoint.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(root.path, "model-"));
});

describe("modelDigest", () => {
	const STORE = "model-digests.json";

	it("is that of the content, wherever it lies", async () => {
		const first = await loadCheckpoint(await copyCheckpoint(join(folder, "a")));
		const second = await loadCheckpoint(await copyCheckpoint(join(folder, "b")));
		expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
		expect(second.digest).toBe(first.digest);
	});

	it.each(CHECKPOINT_FILES)("changes with %s", async (name) => {
		const before = await loadCheckpoint(await copyCheckpoint(join(folder, "a")));
		const path = await copyCheckpoint(join(folder, "b"));
		const bytes = await readFile(join(path, name));
		// The last byte of the weights; a space at the end of JSON.
		const changed = name.endsWith(".json") ? Buffer.concat([bytes, Buffer.from(" ")]) : Buffer.from(bytes);
		changed[changed.length - 1] ^= name.endsWith(".json") ? 0 : 1;
		await writeFile(join(path, name), changed);
		expect((await loadCheckpoint(path)).digest).not.toBe(before.digest);
	});

	it("does not depend on the order of the files, but on their names", async () => {
		await writeFile(join(folder, "x"), "x");
		await writeFile(join(folder, "y"), "y");
		const [x, y] = [join(folder, "x"), join(folder, "y")];
		const digest = await modelDigest(
			new Map([
				["one", x],
				["two", y],
			]),
		);
		expect(
			await modelDigest(
				new Map([
					["two", y],
					["one", x],
				]),
			),
		).toBe(digest);
		expect(
			await modelDigest(
				new Map([
					["one", y],
					["two", x],
				]),
			),
		).not.toBe(digest);
	});

	it("is remembered until size or time of the file change", async () => {
		const cacheFolder = join(folder, "cache");
		const path = join(folder, "weights");
		const files = new Map([["weights", path]]);
		await writeFile(path, "aaaa");
		await utimes(path, 1000, 1000);
		const first = await modelDigest(files, { cacheFolder });

		// The same size and time: the remembered digest stands, which proves that nothing was hashed.
		await writeFile(path, "bbbb");
		await utimes(path, 1000, 1000);
		expect(await modelDigest(files, { cacheFolder })).toBe(first);
		expect(await modelDigest(files)).not.toBe(first);

		await utimes(path, 2000, 2000);
		const second = await modelDigest(files, { cacheFolder });
		expect(second).toBe(await modelDigest(files));
		await writeFile(path, "ccccc");
		await utimes(path, 2000, 2000);
		expect(await modelDigest(files, { cacheFolder })).not.toBe(second);
	});

	it("does without a list that is damaged or cannot be written", async () => {
		const path = join(folder, "weights");
		await writeFile(path, "aaaa");
		const files = new Map([["weights", path]]);
		const digest = await modelDigest(files);
		for (const damaged of ["", "{", '{"/a":{"sha256":"short"}}', "[]"]) {
			await writeFile(join(folder, STORE), damaged);
			expect(await modelDigest(files, { cacheFolder: folder })).toBe(digest);
			expect(Object.keys(JSON.parse(await readFile(join(folder, STORE), "utf8")))).toHaveLength(1);
		}
		expect(await modelDigest(files, { cacheFolder: path })).toBe(digest);
	});
});
