import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openQueue } from "@dinoseg/jobs";
import { describe, expect, it, vi } from "vitest";
import { hasRedis, startRedis } from "../../../fixtures/redis-server.ts";
import { startS3Server } from "../../../fixtures/s3-server.ts";
import { type CliResult, createSandbox } from "./harness.ts";
import { changeRun, endLeases, LONG_MS, PATIENCE, start, startWorker, writePictures } from "./queue-sandbox.ts";

const QUICK = ["--input-size", "112", "-k", "2", "--median", "0", "--restarts", "1"];

/** The files of the results in an output folder by name, and the rows of the summary. */
async function readOutput(folder: string): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	for (const name of (await readdir(folder, { recursive: true })).sort()) {
		if (/(\w\/\w+\.png|segments\.json)$/.test(name)) {
			files.set(name, (await readFile(join(folder, name))).toString("base64"));
		}
	}
	const rows = (await readFile(join(folder, "summary.csv"), "utf8")).split("\n").sort();
	return files.set("summary.csv", rows.join("\n"));
}

describe("dinoseg batch --queue", () => {
	it(
		"makes what a plain batch makes, though workers are killed and told to end",
		async (context) => {
			context.skip(!hasRedis, "redis-server is not installed: npm run setup:services");
			await using sandbox = await createSandbox();
			await using redis = await startRedis();
			const { url } = redis;
			await writePictures(sandbox.path("in"), 14);
			await writeFile(sandbox.path("in/bad.jpg"), "no image");
			const plain = await sandbox.dinoseg("batch", "in", "-o", "plain", ...QUICK, "--quiet");
			expect(plain.code).toBe(3);

			await using batch = start(sandbox, url, "batch", "in", "-o", "out", ...QUICK, "--json");
			await using killed = startWorker(sandbox, url, "--no-cache", "--concurrency", "2");
			await vi.waitFor(() => expect(killed.images().length).toBeGreaterThan(2), PATIENCE);
			killed.child.kill("SIGKILL");
			await killed.ended;
			await endLeases(url);

			await using drained = startWorker(sandbox, url, "--no-cache", "--concurrency", "1", "--metrics", "0");
			await vi.waitFor(() => expect(drained.images().length).toBeGreaterThan(1), PATIENCE);
			const metrics = await fetch(String(drained.lines().find((line) => line["metrics"])?.["metrics"]));
			expect(await metrics.text()).toMatch(/dinoseg_worker_images_total\{outcome="\w+"\} [1-9]/);
			const status = await sandbox.dinoseg("status", "--queue", url, "--json");
			expect(status.code).toBe(1);
			expect(JSON.parse(status.stdout)).toMatchObject({
				queue: url,
				runs: [{ output: sandbox.path("out"), left: expect.any(Number) }],
				workers: expect.arrayContaining([
					expect.objectContaining({ pid: drained.child.pid, output: sandbox.path("out") }),
				]),
			});
			drained.child.kill("SIGTERM");
			expect(await drained.ended).toMatchObject({ code: 0, signal: null });

			await using last = startWorker(sandbox, url, "--until-empty");
			const { code, stdout } = await batch.ended;
			expect(await last.ended).toMatchObject({ code: 0 });
			expect(code).toBe(3);
			const { done, present, bad, open, failures } = JSON.parse(stdout);
			expect({ all: done + present, bad, open }).toEqual({ all: 14, bad: 1, open: 0 });
			expect(failures).toMatchObject([{ path: "bad.jpg", code: "IMAGE_UNSUPPORTED" }]);
			const [output, expected] = [await readOutput(sandbox.path("out")), await readOutput(sandbox.path("plain"))];
			// Workers name a file as they find it.
			const withoutMessage = (rows = "") => rows.replace(/IMAGE_UNSUPPORTED.*/, "");
			expect(withoutMessage(output.get("summary.csv"))).toBe(withoutMessage(expected.get("summary.csv")));
			output.delete("summary.csv");
			expected.delete("summary.csv");
			expect(output).toEqual(expected);
			expect(await sandbox.dinoseg("status", "out")).toMatchObject({
				code: 0,
				stdout: /14 done, 1 in quarantine, complete/,
			});
			expect(JSON.parse((await sandbox.dinoseg("status", "--queue", url, "--json")).stdout)).toMatchObject({
				chunks: { waiting: 0, active: 0, failed: 0 },
				runs: [{ left: 0, secondsLeft: null }],
			});

			const here = (...args: string[]) =>
				sandbox.dinosegWith({ DINOSEG_QUEUE: url }, "batch", "in", "-o", "out", ...QUICK, "--json", ...args);
			expect(JSON.parse((await here()).stdout)).toMatchObject({ done: 0, present: 14, bad: 1 });
			expect(await here("--seed", "1")).toMatchObject({
				code: 1,
				stderr: expect.stringContaining("--seed 0 there, 1 now"),
			});
		},
		LONG_MS,
	);

	it(
		"has workers refuse what they would make otherwise, and makes it anew",
		async (context) => {
			context.skip(!hasRedis, "redis-server is not installed: npm run setup:services");
			await using sandbox = await createSandbox();
			await using redis = await startRedis();
			const { url } = redis;
			await using queue = await openQueue(url);
			await writePictures(sandbox.path("in"), 5);
			await using batch = start(sandbox, "", "batch", "in", ...QUICK, "--queue", url);
			await vi.waitFor(async () => expect((await queue.counts()).waiting).toBeGreaterThan(3), PATIENCE);
			batch.child.kill("SIGINT");
			expect(await batch.ended).toMatchObject({ signal: "SIGINT", stderr: expect.stringContaining("Workers go on") });
			const { waiting } = await queue.counts();
			await changeRun(queue, (data) => ({ ...data, terms: { ...(data["terms"] as object), modelDigest: "0123" } }));
			await using otherModel = startWorker(sandbox, url, "--until-empty");
			expect(await otherModel.ended).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/RUN_MISMATCH.*tiny.*0123/),
			});
			expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: waiting });
			await using again = start(sandbox, "", "batch", "in", ...QUICK, "--queue", url);
			await using right = startWorker(sandbox, url);
			expect(await again.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("5 done") });
			right.child.kill("SIGTERM");
			expect(await right.ended).toMatchObject({ code: 0 });
		},
		LONG_MS,
	);

	it.each([
		[["batch", "in", "--queue", "redis://localhost", "--pack", "tar"], "--pack tar"],
		[["batch", "in", "--queue", "redis://localhost", "--shard", "1/2"], "--shard"],
		[["batch", "in", "--queue", "redis://localhost", "--concurrency", "2"], "--concurrency"],
		[["batch", "in", "--queue", "http://localhost"], "redis://"],
		[["batch", "in", "-o", "s3://bucket/out", "--pack", "tar"], "--pack tar"],
		[["worker"], "--queue"],
		[["worker", "--queue", "redis://localhost", "--metrics", "here"], "--metrics"],
		[["worker", "--queue", "redis://localhost", "--lease", "29"], "--lease"],
		[["status"], "output folder"],
		[["status", "--missing", "--queue", "redis://localhost"], "--missing"],
		[["status", "out", "--queue", "redis://localhost"], "not both"],
	])("explains %j", async (args, text) => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 4);
		const { code, stderr } = await sandbox.dinoseg(...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
	});
});

describe("dinoseg batch into a bucket", () => {
	it("makes what a batch on the disk makes, in shards too, and goes on after a fault", async () => {
		await using sandbox = await createSandbox();
		let isRefusing = false;
		await using server = await startS3Server({
			folder: sandbox.path(".s3"),
			buckets: ["pictures"],
			trouble: ({ method, key }) =>
				isRefusing && method === "PUT" && key.endsWith("labels.png")
					? { status: 403, code: "AccessDenied" }
					: undefined,
		});
		const bucket = server.bucket("pictures");
		await writePictures(sandbox.path("in"), 8);
		await writeFile(sandbox.path("in/bad.jpg"), "no image");
		await sandbox.dinoseg("batch", "in", "-o", "plain", ...QUICK, "--quiet");
		const dinoseg = (...args: string[]): Promise<CliResult> =>
			sandbox.dinosegWith({ ...server.env, AWS_MAX_ATTEMPTS: "1" }, ...args);
		const batch = (output: string, ...args: string[]) =>
			dinoseg("batch", "in", "-o", `s3://pictures/${output}`, ...QUICK, "--json", ...args);
		const first = await batch("out");
		expect(first.code, first.stderr).toBe(3);
		expect(JSON.parse(first.stdout)).toMatchObject({
			done: 8,
			bad: 1,
			open: 0,
			failures: [{ path: "bad.jpg", code: "IMAGE_UNSUPPORTED" }],
		});
		const plain = await readOutput(sandbox.path("plain"));
		plain.delete("summary.csv");
		const stored = (prefix: string) =>
			new Map(
				bucket
					.entries()
					.filter(([key]) => key.startsWith(prefix) && plain.has(key.slice(prefix.length)))
					.map(([key]) => [key.slice(prefix.length), bucket.get(key)?.content.toString("base64")]),
			);
		expect(stored("out/")).toEqual(plain);
		expect(await dinoseg("status", "s3://pictures/out")).toMatchObject({ code: 0, stdout: /8 done, 1 in quarantine/ });
		expect(JSON.parse((await batch("out")).stdout)).toMatchObject({ done: 0, present: 8, bad: 1, failures: [] });

		expect((await batch("parts", "--shard", "1/2")).code).toBeLessThan(4);
		expect(await dinoseg("status", "s3://pictures/parts", "--missing")).toMatchObject({
			code: 1,
			stdout: "--array=2\n",
		});
		isRefusing = true;
		const refused = await batch("parts", "--shard", "2/2");
		isRefusing = false;
		expect(refused.code).toBe(1);
		expect(JSON.parse(refused.stdout)).toMatchObject({ done: 0, bad: 0, stopped: { code: "STORAGE_REFUSED" } });
		expect((await batch("parts", "--shard", "2/2")).code).toBeLessThan(4);
		expect(await dinoseg("merge", "s3://pictures/parts")).toMatchObject({ code: 0 });
		expect(stored("parts/")).toEqual(plain);
		const summary = bucket.get("parts/summary.csv")?.content.toString() ?? "";
		expect(summary.trim().split("\n")).toHaveLength(1 + 9);
	});
});
