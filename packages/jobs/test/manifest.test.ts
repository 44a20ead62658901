import { statSync } from "node:fs";
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changedFiles, type DoneLine, type Manifest, openManifest, readManifest, sealOutput } from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScratchFolder } from "./scratch-folder.ts";

const OPTIONS = { run: "a run" };

async function reopen(folder: string, run = OPTIONS.run): Promise<Manifest> {
	return openManifest(folder, { run, read: await readManifest(folder) });
}

const invalid = expect.objectContaining({ code: "MANIFEST_INVALID" });

/** An output of one file, as long as its name. */
async function makeOutput(folder: string, path: string): Promise<DoneLine> {
	const output = join(folder, path);
	await mkdir(output, { recursive: true });
	await writeFile(join(output, "marker"), path);
	const files = await sealOutput(output);
	return { status: "done", mark: files["marker"][0], path, files, facts: { count: 5 } };
}

function statusOf(manifest: Manifest, folder: string, path: string) {
	const marker = join(folder, path, "marker");
	return manifest.status(path, (size) => statSync(marker, { throwIfNoEntry: false })?.size === size);
}

describe("a manifest", () => {
	it("knows what was added, also after it was opened again", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		const check = (manifest: Manifest) => {
			expect(statusOf(manifest, folder, "a/b.jpg")).toBe("done");
			expect(statusOf(manifest, folder, "bad.jpg")).toBe("bad");
			expect(statusOf(manifest, folder, "new.jpg")).toBeUndefined();
			expect(manifest.size).toBe(2);
		};
		{
			await using manifest = await reopen(folder);
			expect(manifest.size).toBe(0);
			await manifest.add(await makeOutput(folder, "a/b.jpg"));
			await manifest.add({ path: "bad.jpg", status: "bad", code: "IMAGE_CORRUPT", message: 'bad.jpg: "cut off"\n' });
		}
		for (let time = 0; time < 2; time++) {
			await using manifest = await reopen(folder);
			check(manifest);
		}
	});

	it("survives a cut at every byte: whole lines count, the half one goes, and more can be added", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		const lines = await Promise.all(["a.jpg", "ü/🌲.jpg", "c.jpg"].map((path) => makeOutput(folder, path)));
		const extra = await makeOutput(folder, "extra.jpg");
		{
			await using manifest = await reopen(folder);
			await Promise.all(lines.map((line) => manifest.add(line)));
		}
		const file = join(folder, "manifest.jsonl");
		const bytes = await readFile(file);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (cut) => {
				await writeFile(file, bytes.subarray(0, cut));
				const whole = bytes.subarray(0, cut).toString().split("\n").length - 1;
				{
					await using manifest = await reopen(folder);
					expect(manifest.size).toBe(Math.max(0, whole - 1));
					await manifest.add(extra);
				}
				await using again = await reopen(folder);
				expect(again.size).toBe(Math.max(0, whole - 1) + 1);
				expect(statusOf(again, folder, "extra.jpg")).toBe("done");
			}),
			{ numRuns: 40, examples: [[0], [bytes.length - 1], [bytes.length]] },
		);
	});

	it("does not count as done what is gone, or has another size", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		await using manifest = await reopen(folder);
		for (const path of ["gone.jpg", "cut.jpg"]) {
			await manifest.add(await makeOutput(folder, path));
		}
		await using again = await reopen(folder);
		await rm(join(folder, "gone.jpg"), { recursive: true });
		await truncate(join(folder, "cut.jpg/marker"), 3);
		expect(statusOf(again, folder, "gone.jpg")).toBeUndefined();
		expect(statusOf(again, folder, "cut.jpg")).toBeUndefined();
	});

	it("finds bytes that changed, where it is asked to verify", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		{
			await using manifest = await reopen(folder);
			for (const path of ["same.jpg", "changed.jpg"]) {
				await manifest.add(await makeOutput(folder, path));
			}
		}
		await writeFile(join(folder, "changed.jpg/marker"), "CHANGED.jpg");
		const verify = async (line: DoneLine) => (await changedFiles(join(folder, line.path), line)).length === 0;
		await using trusting = await reopen(folder);
		expect(statusOf(trusting, folder, "changed.jpg")).toBe("done");
		await using verifying = await openManifest(folder, { ...OPTIONS, read: await readManifest(folder, verify) });
		expect(statusOf(verifying, folder, "changed.jpg")).toBe("changed");
		expect(statusOf(verifying, folder, "same.jpg")).toBe("done");
	});

	it("begins anew by force", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		{
			await using manifest = await reopen(folder);
			await manifest.add(await makeOutput(folder, "a.jpg"));
		}
		await using manifest = await openManifest(folder, { run: "another" });
		expect(manifest.size).toBe(0);
		expect(await readFile(join(folder, "manifest.jsonl"), "utf8")).toBe('{"status":"run","run":"another"}\n');
	});

	it("is refused where it is another run's, or none", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		await (await reopen(folder))[Symbol.asyncDispose]();
		await expect(reopen(folder, "another")).rejects.toThrow(invalid);
		for (const line of [
			"nonsense",
			"null",
			"[]",
			'{"status":"done","path":"a"}',
			'{"status":"done","mark":-1,"path":"a","facts":{},"files":{}}',
			'{"status":"done","path":"a","facts":{},"files":{}}',
			'{"status":"done","path":"a","mark":1,"facts":{},"files":{"m":[1]}}',
			'{"status":"done","path":"a","mark":1,"facts":{},"files":{"m":["1","x"]}}',
			'{"status":"bad","path":"a","code":"X"}',
			'{"status":"end","done":1}',
			'{"status":"other"}',
		]) {
			await writeFile(join(folder, "manifest.jsonl"), '{"status":"run","run":"a run"}\n');
			await appendFile(join(folder, "manifest.jsonl"), `${line}\n`);
			await expect(reopen(folder), line).rejects.toThrow(invalid);
		}
	});
});

describe("sealOutput", () => {
	it("names every file with its size and SHA-256", async () => {
		await using scratch = await createScratchFolder();
		const { folder } = scratch;
		await writeFile(join(folder, "abc.txt"), "abc");
		await writeFile(join(folder, ".1-x.dinoseg-tmp"), "half");
		await mkdir(join(folder, "below"));
		// From FIPS 180-2, appendix B.1.
		const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
		expect(await sealOutput(folder)).toEqual({ "abc.txt": [3, sha256] });
	});

	it("says of a folder that is gone that it cannot be written", async () => {
		await using scratch = await createScratchFolder();
		await expect(sealOutput(join(scratch.folder, "gone"))).rejects.toThrow(
			expect.objectContaining({ code: "OUTPUT_UNWRITABLE" }),
		);
	});
});
