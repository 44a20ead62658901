import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type S3Server, type S3ServerOptions, startS3Server } from "../../../fixtures/s3-server.ts";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "3", "--median", "0"];

/** A sandbox, a server, and the program with both. */
interface Opened extends AsyncDisposable {
	readonly sandbox: Sandbox;
	readonly server: S3Server;
	dinoseg(...args: string[]): ReturnType<Sandbox["dinoseg"]>;
	/** Keys of the bucket below a prefix. */
	keys(prefix?: string): string[];
	object(key: string): Buffer;
	upload(example: string, key: string): Promise<void>;
}

async function open(options: Partial<S3ServerOptions> = {}): Promise<Opened> {
	const sandbox = await createSandbox();
	const server = await startS3Server({ folder: sandbox.path(".s3"), buckets: ["pictures"], ...options });
	const bucket = server.bucket("pictures");
	return {
		sandbox,
		server,
		dinoseg: (...args) => sandbox.dinosegWith({ ...server.env, AWS_MAX_ATTEMPTS: "2" }, ...args),
		keys: (prefix = "") => bucket.entries().flatMap(([key]) => (key.startsWith(prefix) ? [key] : [])),
		object: (key) => bucket.get(key)?.content ?? Buffer.alloc(0),
		async upload(example, key) {
			bucket.put(key, await readFile(examplePath(example)));
		},
		async [Symbol.asyncDispose]() {
			await server[Symbol.asyncDispose]();
			await sandbox[Symbol.asyncDispose]();
		},
	};
}

const RESULT = ["confidence.png", "figure.png", "labels.png", "overlay.png", "segments.json"];

describe("pictures and results in a bucket", () => {
	it("are what they are on the disk, and are done already the second time", async () => {
		await using opened = await open();
		const { sandbox, server, dinoseg, keys, object, upload } = opened;
		await mkdir(sandbox.path("in/sub"), { recursive: true });
		for (const [example, key] of [
			["cat.jpg", "sub/a b.jpg"],
			["coffee.jpg", "c.jpg"],
		]) {
			await copyFile(examplePath(example), sandbox.path("in", key));
			await upload(example, `in/${key}`);
		}
		expect((await sandbox.dinoseg("segment", "in", ...QUICK)).code).toBe(0);
		const first = await dinoseg("segment", "s3://pictures/in/", "-o", "s3://pictures/out", "--json", ...QUICK);
		expect(first.code, first.stderr).toBe(0);
		expect(JSON.parse(first.stdout).results).toEqual([
			{ input: "s3://pictures/in/c.jpg", output: "s3://pictures/out/c", status: "done" },
			{ input: "s3://pictures/in/sub/a b.jpg", output: "s3://pictures/out/sub/a b", status: "done" },
		]);
		expect(keys("out/")).toEqual(
			["c/", "", "sub/a b/"].flatMap((folder) =>
				folder === "" ? ["out/index.html"] : RESULT.map((name) => `out/${folder}${name}`),
			),
		);
		for (const name of RESULT.slice(0, -1)) {
			expect(object(`out/sub/a b/${name}`).equals(await readFile(sandbox.path("out/sub/a b", name))), name).toBe(true);
		}
		const [there, here] = [
			object("out/c/segments.json").toString(),
			await readFile(sandbox.path("out/c/segments.json"), "utf8"),
		];
		expect(there).toBe(here.replace('"in/c.jpg"', '"s3://pictures/in/c.jpg"'));
		expect(object("out/index.html").toString()).toContain('href="sub/a%20b/figure.png"');
		expect(server.requests.filter((request) => request === "GET pictures/in/c.jpg")).toHaveLength(1);
		const puts = server.requests.filter((request) => request.startsWith("PUT pictures/out/c/"));
		expect(puts.at(-1)).toBe("PUT pictures/out/c/segments.json");

		const before = server.requests.length;
		const again = await dinoseg("segment", "s3://pictures/in/", "-o", "s3://pictures/out", ...QUICK);
		expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/^2 images: 0 done, 2 done already/m) });
		expect(server.requests.slice(before).filter((request) => /^PUT.*png/.test(request))).toEqual([]);

		const other = await dinoseg("segment", "s3://pictures/in/c.jpg", "-o", "s3://pictures/out", ...QUICK, "-k", "2");
		expect(other.code).toBe(1);
		expect(other.stderr).toMatch(
			/s3:\/\/pictures\/out\/c: holds a result already that differs .*--clusters 3 there, 2 now\. Use --force/,
		);
		const forced = await dinoseg(
			"segment",
			"s3://pictures/in/c.jpg",
			"-o",
			"s3://pictures/out/",
			...QUICK,
			"-k",
			"2",
			"--force",
		);
		expect(forced.code, forced.stderr).toBe(0);
		expect(JSON.parse(object("out/c/segments.json").toString()).k.used).toBe(2);
	});

	it("give the codebook and the segments that they give on the disk", async () => {
		await using opened = await open();
		const { sandbox, dinoseg, keys, object, upload } = opened;
		await mkdir(sandbox.path("in"));
		for (const example of ["cat.jpg", "coffee.jpg"]) {
			await copyFile(examplePath(example), sandbox.path("in", example));
			await upload(example, `in/${example}`);
		}
		await sandbox.dinoseg("fit", "in", "-o", "scene.codebook", ...QUICK);
		await sandbox.dinoseg("apply", "scene.codebook", "in/cat.jpg");
		const book = "s3://pictures/books/scene.codebook";
		const fitted = await dinoseg("fit", "s3://pictures/in", "-o", book, ...QUICK);
		expect(fitted.code, fitted.stderr).toBe(0);
		expect(object("books/scene.codebook").equals(await readFile(sandbox.path("scene.codebook")))).toBe(true);
		expect(await dinoseg("fit", "s3://pictures/in", "-o", book, ...QUICK)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("is there already"),
		});
		for (const number of ["1/2", "2/2"]) {
			await dinoseg("fit", "s3://pictures/in", "-o", "s3://pictures/parts/b", "--shard", number, ...QUICK);
		}
		expect(keys("parts/b.parts/parts/").length).toBeGreaterThan(0);
		expect(keys("parts/b.parts/shards/").filter((key) => key.endsWith("end.json"))).toHaveLength(2);
		const merged = await dinoseg("fit", "--merge", "-o", "s3://pictures/parts/b");
		expect(merged.code, merged.stderr).toBe(0);
		expect(object("parts/b").equals(object("books/scene.codebook"))).toBe(true);
		const applied = await dinoseg("apply", book, "s3://pictures/in/cat.jpg", "-o", "s3://pictures/applied");
		expect(applied.code, applied.stderr).toBe(0);
		expect(object("applied/cat/labels.png").equals(await readFile(sandbox.path("out/cat/labels.png")))).toBe(true);
		expect(keys("applied/")).not.toContain("applied/index.html");
	});

	it("can be one object, tokens, a glob, a list, and a part of a batch", async () => {
		await using opened = await open();
		const { sandbox, dinoseg, object, upload } = opened;
		for (const key of ["a/1.jpg", "a/2.jpg", "a/notes.txt", "a/old.psd", "b/1.jpg"]) {
			await upload("cat.jpg", key);
		}
		const features = await dinoseg(
			"features",
			"s3://pictures/a/1.jpg",
			"-o",
			"s3://pictures/t.npy",
			"--input-size",
			"112",
		);
		expect(features.code, features.stderr).toBe(0);
		expect(object("t.npy").subarray(1, 6).toString()).toBe("NUMPY");
		const globbed = await dinoseg("segment", "s3://pictures/*/1.jpg", "--json", ...QUICK);
		expect(JSON.parse(globbed.stdout).results.map(({ output }: { output: string }) => output)).toEqual([
			"out/a/1",
			"out/b/1",
		]);
		const batch = await dinoseg("batch", "s3://pictures/a", "-o", "batch", ...QUICK);
		expect(batch, batch.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining("2 done") });
		expect(JSON.parse(await readFile(sandbox.path("batch/2.jpg/segments.json"), "utf8")).input.path).toBe(
			"s3://pictures/a/2.jpg",
		);
		await writeFile(sandbox.path("list.txt"), "s3://pictures/b/1.jpg\ns3://pictures/b/none.jpg\n");
		const listed = await dinoseg("batch", "--from", "list.txt", "-o", "listed", ...QUICK);
		expect(listed, listed.stderr).toMatchObject({
			code: 3,
			stderr: expect.stringContaining("1 done, 1 in quarantine"),
		});
		expect(await readdir(sandbox.path("listed/s3/pictures/b/1.jpg"))).toContain("segments.json");
		const skipped = await dinoseg("segment", "s3://pictures/a/", "-o", "s3://pictures/a/out", "--json", ...QUICK);
		expect(JSON.parse(skipped.stdout)).toMatchObject({ skipped: { PSD: 1 }, results: [{}, {}] });
		const again = await dinoseg("segment", "s3://pictures/a/", "-o", "again", "--json", ...QUICK);
		expect(JSON.parse(again.stdout).results).toHaveLength(2);
	});
});

describe("a process of the program", () => {
	it("tells nothing of the SDK, and ends", async () => {
		await using opened = await open();
		const { sandbox, server, keys, upload } = opened;
		await upload("cat.jpg", "cat.jpg");
		const args = ["segment", "s3://pictures/cat.jpg", "-o", "s3://pictures/out", "--quiet", ...QUICK];
		const { ended } = sandbox.start(args, server.env);
		expect(await ended).toMatchObject({ code: 0, signal: null, stdout: "", stderr: "" });
		expect(keys("out/")).toHaveLength(RESULT.length);
	});
});

describe("a bucket that cannot be used", () => {
	it("is told once, with what to do", async () => {
		await using opened = await open();
		const { dinoseg } = opened;
		expect(await dinoseg("segment", "s3://nowhere/in/", "-o", "s3://pictures/out", ...QUICK)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("the bucket nowhere does not exist on 127.0.0.1"),
		});
		expect(await dinoseg("segment", "s3://pictures/in/", "-o", "s3://nowhere/out", ...QUICK)).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/^error s3:\/\/nowhere\/out\/index\.html: the bucket nowhere does not exist .*\n$/),
		});
		expect(await dinoseg("segment", "s3://pictures/none", ...QUICK)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("s3://pictures/none: there is no object of that name"),
		});
		expect(await dinoseg("segment", "s3://pictures/none.jpg", ...QUICK)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("s3://pictures/none.jpg: no such object"),
		});
	});

	it("is refused by commands that take files only, and by flags that read an image again and again", async () => {
		await using opened = await open();
		const { dinoseg, upload } = opened;
		await upload("cat.jpg", "cat.jpg");
		for (const args of [
			["watch", "s3://pictures/in"],
			["export", "s3://pictures/out", "--format", "coco"],
			["segment", "s3://pictures/cat.jpg", "--page", "all"],
			["segment", "s3://pictures/cat.jpg", "-o", "s3://?"],
		]) {
			const { code, stderr } = await dinoseg(...args);
			expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining("s3://")]);
		}
	});
});
