import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { hasRedis, startRedis } from "../../../fixtures/redis-server.ts";
import { startS3Server } from "../../../fixtures/s3-server.ts";
import { createSandbox } from "./harness.ts";
import { endLeases, LONG_MS, PATIENCE, start, startIn, startWorker, writePictures } from "./queue-sandbox.ts";

const QUICK = ["--input-size", "112", "--median", "0", "-k", "2", "--quiet"];

describe("dinoseg fit --queue", () => {
	it(
		"writes what one process writes, though a worker is killed, and batch applies it",
		async (context) => {
			context.skip(!hasRedis, "redis-server is not installed: npm run setup:services");
			await using sandbox = await createSandbox();
			await using redis = await startRedis();
			const { url } = redis;
			await writePictures(sandbox.path("in"), 10);
			await writeFile(sandbox.path("in/bad.jpg"), "no image");
			expect(await sandbox.dinoseg("fit", "in", "-o", "plain.codebook", ...QUICK)).toMatchObject({ code: 1 });

			const args = ["fit", "in", "-o", "scene.codebook", ...QUICK];
			await using fitting = start(sandbox, url, ...args, "--json");
			await using killed = startWorker(sandbox, url, "--no-cache", "--concurrency", "1");
			await vi.waitFor(() => expect(killed.images().length).toBeGreaterThan(2), PATIENCE);
			killed.child.kill("SIGKILL");
			await killed.ended;
			await endLeases(url);
			const status = await sandbox.dinoseg("status", "--queue", url, "--json");
			expect(JSON.parse(status.stdout)).toMatchObject({
				runs: [{ kind: "summarise", output: sandbox.path("scene.codebook.parts"), bad: expect.any(Number) }],
			});
			await using drained = startWorker(sandbox, url, "--no-cache", "--concurrency", "1");
			await vi.waitFor(() => expect(drained.images().length).toBeGreaterThan(0), PATIENCE);
			drained.child.kill("SIGTERM");
			expect(await drained.ended).toMatchObject({ code: 0 });

			await using last = startWorker(sandbox, url);
			const { code, stdout } = await fitting.ended;
			expect(code).toBe(3);
			expect(JSON.parse(stdout)).toMatchObject({
				output: "scene.codebook",
				images: 10,
				failed: 1,
				failures: [{ path: "in/bad.jpg", code: "IMAGE_UNSUPPORTED" }],
				clusters: [{ id: 0 }, { id: 1 }],
			});
			const codebook = await readFile(sandbox.path("scene.codebook"));
			expect(codebook.equals(await readFile(sandbox.path("plain.codebook")))).toBe(true);
			const there = await sandbox.dinosegWith({ DINOSEG_QUEUE: url }, ...args);
			expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining("is there already") });

			const apply = (output: string) => ["batch", "in", "--codebook", "scene.codebook", "-o", output, "--quiet"];
			await using applying = start(sandbox, url, ...apply("out"));
			expect((await applying.ended).code).toBe(3);
			last.child.kill("SIGTERM");
			expect(await last.ended).toMatchObject({ code: 0 });
			await sandbox.dinoseg(...apply("expected"));
			const results = (await readdir(sandbox.path("expected"))).filter((name) => name.endsWith(".png"));
			expect(results).toHaveLength(10);
			for (const name of results) {
				const [one, other] = ["out", "expected"].map((output) =>
					readFile(sandbox.path(output, name, "segments.json"), "utf8"),
				);
				expect(await one, name).toBe(await other);
			}
		},
		LONG_MS,
	);

	it(
		"takes images from a bucket, and leaves there what one process makes of them on the disk",
		async (context) => {
			context.skip(!hasRedis, "redis-server is not installed: npm run setup:services");
			await using sandbox = await createSandbox();
			await using redis = await startRedis();
			await using server = await startS3Server({ folder: sandbox.path(".s3"), buckets: ["pictures"] });
			const bucket = server.bucket("pictures");
			await writePictures(sandbox.path("in"), 4);
			for (const name of await readdir(sandbox.path("in"))) {
				bucket.put(`in/${name}`, await readFile(sandbox.path("in", name)));
			}
			expect(await sandbox.dinoseg("fit", "in", "-o", "plain.codebook", ...QUICK)).toMatchObject({ code: 0 });
			const environment = { ...server.env, DINOSEG_QUEUE: redis.url };
			const args = ["fit", "s3://pictures/in/", "-o", "s3://pictures/scene.codebook", ...QUICK];
			await using fitting = startIn(sandbox, environment, ...args);
			await using worker = startIn(sandbox, environment, "worker", "--quiet");
			expect(await fitting.ended).toMatchObject({ code: 0, stderr: "" });
			worker.child.kill("SIGTERM");
			expect(await worker.ended).toMatchObject({ code: 0, stderr: "" });
			const codebook = bucket.get("scene.codebook")?.content;
			expect(codebook?.equals(await readFile(sandbox.path("plain.codebook")))).toBe(true);
		},
		LONG_MS,
	);

	it(
		"leaves to the next command what a worker does not see, as on a machine without the mount",
		async (context) => {
			context.skip(!hasRedis, "redis-server is not installed: npm run setup:services");
			await using sandbox = await createSandbox();
			await using redis = await startRedis();
			await writePictures(sandbox.path("in"), 4);
			const args = ["fit", "in", ...QUICK, "--json"];
			await using blind = start(sandbox, redis.url, ...args);
			await vi.waitFor(async () => {
				const { stdout } = await sandbox.dinoseg("status", "--queue", redis.url, "--json");
				expect(JSON.parse(stdout)).toMatchObject({ runs: [{ left: 4 }] });
			}, PATIENCE);
			await rename(sandbox.path("in"), sandbox.path("elsewhere"));
			await using worker = startWorker(sandbox, redis.url);
			const { code, stdout } = await blind.ended;
			expect(code).toBe(1);
			expect(JSON.parse(stdout)).toMatchObject({ output: "scene.codebook.parts", images: 0, failed: 4, clusters: [] });
			expect(await readdir(sandbox.folder)).not.toContain("scene.codebook");
			expect(await sandbox.dinoseg("status", "scene.codebook.parts")).toMatchObject({
				code: 1,
				stdout: "scene.codebook.parts: 0 done, not complete: the same command goes on\n",
			});
			expect(await sandbox.dinoseg("fit", "--merge")).toMatchObject({
				code: 1,
				stderr: expect.stringContaining("scene.codebook: it is not known that all of its images were looked at"),
			});
			await rename(sandbox.path("elsewhere"), sandbox.path("in"));
			await using seeing = start(sandbox, redis.url, ...args);
			const seen = await seeing.ended;
			expect(seen.code).toBe(0);
			expect(JSON.parse(seen.stdout)).toMatchObject({ output: "scene.codebook", images: 4, failed: 0 });
			worker.child.kill("SIGTERM");
			expect(await worker.ended).toMatchObject({ code: 0 });
		},
		LONG_MS,
	);

	it.each([
		[["fit", "in", "--queue", "redis://localhost", "--shard", "1/2"], "--shard"],
		[["fit", "in", "--queue", "redis://localhost", "--concurrency", "2"], "--concurrency"],
		[["fit", "in", "--queue", "redis://localhost", "--update"], "--queue"],
		[["fit", "--merge", "--queue", "redis://localhost"], "--queue"],
	])("explains %j", async (args, text) => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 4);
		const { code, stderr } = await sandbox.dinoseg(...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
	});
});
