import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { describe, expect, it, vi } from "vitest";
import { type CliResult, createSandbox, type Sandbox } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "2", "--median", "0", "--restarts", "1", "--quiet"];

/** Pictures of two colours in folders of ten, each with bytes of its own. */
async function writePictures(folder: string, count: number): Promise<void> {
	for (let index = 0; index < count; index++) {
		const path = join(folder, `${Math.floor(index / 10)}`, `${index}.png`);
		await mkdir(join(path, ".."), { recursive: true });
		const left = { create: { width: 20 + index, height: 48, channels: 3 as const, background: "#e0c040" } };
		await sharp({ create: { width: 64 + index, height: 48, channels: 3, background: "#204080" } })
			.composite([{ input: left, left: 0, top: 0 }])
			.png()
			.toFile(path);
	}
}

const batch = (sandbox: Sandbox, ...args: string[]): Promise<CliResult> =>
	sandbox.dinoseg("batch", ...QUICK, "--json", ...args);
const outcomeOf = ({ stdout }: CliResult) => JSON.parse(stdout);

/** The files of the results in an output folder, and the summary, by name. */
async function readOutput(folder: string): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	for (const name of (await readdir(folder, { recursive: true })).sort()) {
		if (/(png\/\w+\.png|segments\.json|summary\.csv)$/.test(name)) {
			const bytes = await readFile(join(folder, name));
			files.set(name, bytes.toString("base64"));
		}
	}
	return files;
}

async function manifestLines(folder: string): Promise<number> {
	const text = await readFile(join(folder, "shards/1-of-1/manifest.jsonl"), "utf8").catch(() => "");
	return text.split("\n").length - 1;
}

describe("dinoseg batch", () => {
	it("segments folders and lists, puts bad files into quarantine, and does nothing twice", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 4);
		await writeFile(sandbox.path("in/0/bad.jpg"), "no image");
		await writeFile(sandbox.path("list.txt"), "in/0/1.png\n\nin/0/2.png\r\n");
		const first = await batch(sandbox, "in", "--from", "list.txt", "-o", "out");
		expect(first.code).toBe(3);
		expect(outcomeOf(first)).toEqual({
			shard: 1,
			shards: 1,
			// Files of a list keep their paths.
			done: 6,
			present: 0,
			bad: 1,
			open: 0,
			stopped: null,
			failures: [{ path: "0/bad.jpg", code: "IMAGE_UNSUPPORTED", message: expect.stringContaining("in/0/bad.jpg") }],
		});
		expect((await readdir(sandbox.path("out"))).sort()).toEqual([
			"0",
			"in",
			"index.html",
			"run.json",
			"shards",
			"summary.csv",
		]);
		expect((await readdir(sandbox.path("out/0"))).sort()).toEqual(["0.png", "1.png", "2.png", "3.png"]);
		const summary = (await readFile(sandbox.path("out/summary.csv"), "utf8")).split("\n");
		expect(summary[0]).toBe("path,status,kind,count,width,height,code,message");
		expect(summary).toContain("0/1.png,done,clusters,2,65,48,,");
		expect(summary.find((row) => row.startsWith("0/bad.jpg"))).toMatch(/^0\/bad\.jpg,bad,,,,,IMAGE_UNSUPPORTED,/);
		expect(await readFile(sandbox.path("out/index.html"), "utf8")).toContain('src="0/1.png/overlay.png"');

		const again = await batch(sandbox, "in", "--from", "list.txt", "-o", "out");
		expect(again.code).toBe(3);
		expect(outcomeOf(again)).toMatchObject({ done: 0, present: 6, bad: 1, failures: [] });

		await writeFile(sandbox.path("in/0/bad.jpg"), await readFile(sandbox.path("in/0/3.png")));
		await writeFile(sandbox.path("out/0/1.png/labels.png"), "damaged");
		const mended = await batch(sandbox, "in", "--from", "list.txt", "-o", "out", "--verify", "--retry-bad");
		expect(mended.code).toBe(0);
		expect(outcomeOf(mended)).toMatchObject({ done: 2, present: 5, bad: 0 });
		expect((await sharp(sandbox.path("out/0/1.png/labels.png")).metadata()).width).toBe(65);
	});

	it("reads a list from stdin, also one with NUL", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 2);
		const list = [Buffer.from("in/0/0.png\0in/0/absent.png\0in/0/1.png\0")];
		const result = await sandbox.dinosegFrom(list, "batch", ...QUICK, "--json", "--from", "-", "-0");
		expect(result.code).toBe(3);
		expect(outcomeOf(result)).toMatchObject({ done: 2, bad: 1, failures: [{ code: "INPUT_NOT_FOUND" }] });
	});

	it("refuses other options than before, and begins anew by force", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 1);
		expect((await batch(sandbox, "in")).code).toBe(0);
		const other = await batch(sandbox, "in", "-k", "3", "--seed", "1");
		expect(other.code).toBe(1);
		expect(other.stderr).toMatch(/--clusters 2 there, 3 now, --seed 0 there, 1 now/);
		const forced = await batch(sandbox, "in", "-k", "3", "--force", "--figure");
		expect(outcomeOf(forced)).toMatchObject({ done: 1, present: 0 });
		expect(await readdir(sandbox.path("out/0/0.png"))).toContain("figure.png");
		expect((await batch(sandbox, "in", "-k", "3")).stderr).toContain("--figure true there, none now");
		expect(await readFile(sandbox.path("out/summary.csv"), "utf8")).toContain("0/0.png,done,clusters,3,");
	});

	it("gives shards disjoint parts, whose union is the whole, and tells which are missing", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 12);
		expect((await batch(sandbox, "in", "-o", "whole")).code).toBe(0);
		const environment = { SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "10" };
		let done = 0;
		for (const index of [10, 12, 13]) {
			const task = { ...environment, SLURM_ARRAY_TASK_ID: `${index}` };
			done += outcomeOf(await sandbox.dinosegWith(task, "batch", ...QUICK, "--json", "in", "-o", "parts")).done;
		}
		const part = await sandbox.dinoseg("status", "parts", "--missing");
		expect(part).toMatchObject({ code: 1, stdout: "--array=11\n" });
		expect((await sandbox.dinoseg("status", "parts")).stdout).toBe(`parts: ${done} done, 3 of 4 shards complete\n`);
		const last = await batch(sandbox, "in", "-o", "parts", "--shard", "2/4");
		expect(done + outcomeOf(last).done).toBe(12);
		expect(await sandbox.dinoseg("status", "parts", "--missing")).toMatchObject({ code: 0, stdout: "" });
		expect((await sandbox.dinoseg("merge", "parts")).code).toBe(0);
		const [whole, parts] = [await readOutput(sandbox.path("whole")), await readOutput(sandbox.path("parts"))];
		const rows = (output: Map<string, string>) =>
			Buffer.from(output.get("summary.csv") ?? "", "base64")
				.toString()
				.split("\n")
				.sort();
		expect(rows(parts)).toEqual(rows(whole));
		whole.delete("summary.csv");
		parts.delete("summary.csv");
		expect(parts).toEqual(whole);
		const other = await batch(sandbox, "in", "-o", "parts", "--shard", "1/5");
		expect(other.stderr).toContain("4 shards there, 5 now");
	});

	it("killed again and again, makes every image once, and the bytes of a run that nobody disturbed", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 14);
		await batch(sandbox, "in", "-o", "undisturbed");
		for (let kills = 0; kills < 2; kills++) {
			const before = await manifestLines(sandbox.path("out"));
			const { child, ended } = sandbox.start(["batch", ...QUICK, "in", "-o", "out", "--no-cache"]);
			await vi.waitFor(
				async () => expect(await manifestLines(sandbox.path("out"))).toBeGreaterThan(before + 2 + kills),
				{ timeout: 50_000, interval: 5 },
			);
			child.kill("SIGKILL");
			await ended;
		}
		const written = await manifestLines(sandbox.path("out"));
		const last = await batch(sandbox, "in", "-o", "out");
		expect(last.code).toBe(0);
		const { done, present } = outcomeOf(last);
		expect(done + present).toBe(14);
		expect(present).toBeGreaterThanOrEqual(written - 2);
		const lines = (await readFile(sandbox.path("out/shards/1-of-1/manifest.jsonl"), "utf8")).trim().split("\n");
		const paths = lines.map((line) => JSON.parse(line)).filter(({ status }) => status === "done");
		expect(new Set(paths.map(({ path }) => path)).size).toBe(paths.length);
		const [output, undisturbed] = [
			await readOutput(sandbox.path("out")),
			await readOutput(sandbox.path("undisturbed")),
		];
		output.delete("summary.csv");
		undisturbed.delete("summary.csv");
		expect(output).toEqual(undisturbed);
		const files = await readdir(sandbox.path("out"), { recursive: true });
		expect(files.filter((name) => /dinoseg-(tmp|lock)/.test(name))).toEqual([]);
	});

	it("goes on behind a folder that cannot be read, and says so", async (context) => {
		context.skip(process.platform !== "linux", "takes the right to read every folder away by setpriv");
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 12);
		await chmod(sandbox.path("in/0"), 0);
		const command = [process.execPath, fileURLToPath(new URL("../bin/dinoseg.js", import.meta.url)), "batch"];
		const { status, stdout } = spawnSync(
			"setpriv",
			["--bounding-set=-all", "--inh-caps=-all", ...command, ...QUICK, "--json", "in"],
			{ cwd: sandbox.folder, env: { ...process.env, DINOSEG_CACHE: sandbox.cache }, encoding: "utf8" },
		);
		expect(status).toBe(1);
		const failures = [{ path: null, code: "INPUT_UNREADABLE", message: expect.stringContaining("in/0") }];
		expect(JSON.parse(stdout)).toMatchObject({ done: 2, open: 1, stopped: null, failures });
		await chmod(sandbox.path("in/0"), 0o700);
		expect(outcomeOf(await batch(sandbox, "in"))).toMatchObject({ done: 10, present: 2, open: 0 });
	});

	it("ends at a full disk, and goes on when there is space again", async (context) => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 12);
		const disk = sandbox.path("disk");
		await mkdir(disk);
		const mount = (...options: string[]) => execFileSync("mount", [...options, disk], { stdio: "ignore" });
		try {
			mount("-t", "tmpfs", "-o", "size=160k", "tmpfs");
		} catch {
			context.skip("mounting a small disk needs root");
		}
		try {
			const full = await batch(sandbox, "in", "-o", "disk/out");
			expect(full.code).toBe(1);
			expect(full.stderr).toMatch(/disk\/out.*no space left/);
			const { done, bad, stopped } = outcomeOf(full);
			expect({ bad, stopped }).toEqual({ bad: 0, stopped: expect.objectContaining({ code: "OUTPUT_UNWRITABLE" }) });
			const files = await readdir(sandbox.path("disk/out"), { recursive: true });
			const lines = await manifestLines(sandbox.path("disk/out"));
			expect(lines).toBe(1 + done);
			for (const name of files.filter((file) => file.endsWith("segments.json"))) {
				// One may be complete whose line had no room any more.
				expect(await readdir(join(sandbox.path("disk/out"), name, ".."))).toHaveLength(4);
			}
			expect(files.filter((name) => /dinoseg-(tmp|lock)/.test(name))).toEqual([]);
			mount("-o", "remount,size=20m");
			const last = await batch(sandbox, "in", "-o", "disk/out");
			expect(last.code).toBe(0);
			expect(outcomeOf(last)).toMatchObject({ done: 12 - done, present: done, open: 0, stopped: null });
		} finally {
			execFileSync("umount", [disk]);
		}
	});

	it("packs the results of each part into a tar, and goes on behind what it has", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox.path("in"), 6);
		expect((await batch(sandbox, "in", "-o", "folders")).code).toBe(0);
		const pack = (...args: string[]) => batch(sandbox, "in", "-o", "tars", "--pack", "tar", ...args);
		await writeFile(sandbox.path("in/0/bad.jpg"), "no image");
		expect((await pack("--shard", "2/2", "--fail-fast")).code).toBe(1);
		for (const shard of ["1/2", "2/2"]) {
			await pack("--shard", shard);
		}
		expect((await sandbox.dinoseg("merge", "tars")).code).toBe(0);
		const summary = (await readFile(sandbox.path("tars/summary.csv"), "utf8")).trim().split("\n");
		expect(summary.length).toBe(1 + 6 + 1);
		await mkdir(sandbox.path("unpacked"));
		for (const part of ["1-of-2", "2-of-2"]) {
			const tar = sandbox.path("tars/shards", part, "results.tar");
			execFileSync("tar", ["-xf", tar, "-C", sandbox.path("unpacked")]);
			const table = (await readFile(sandbox.path("tars/shards", part, "results.csv"), "utf8")).trim().split("\n");
			expect(table[0]).toBe("path,status,kind,count,width,height,start,end,code,message");
			const ends = table.slice(1).map((row) => Number(row.split(",")[7]));
			expect(Math.max(...ends)).toBe((await readFile(tar)).length - 1024);
		}
		const [folders, unpacked] = [await readOutput(sandbox.path("folders")), await readOutput(sandbox.path("unpacked"))];
		folders.delete("summary.csv");
		expect(unpacked).toEqual(folders);

		const tar = sandbox.path("tars/shards/1-of-2/results.tar");
		const damaged = await readFile(tar);
		damaged.fill(0, 1000, 1500);
		await writeFile(tar, damaged);
		expect(outcomeOf(await pack("--shard", "1/2")).done).toBe(0);
		expect(outcomeOf(await pack("--shard", "1/2", "--verify")).done).toBe(1);
		expect(outcomeOf(await pack("--shard", "1/2", "--verify")).done).toBe(0);
	});

	it.each([
		[[], "No images are named"],
		[["-"], "--from -"],
		[["in", "-0"], "--from"],
		[["in", "--shard", "5/4"], "--shard"],
		[["in", "--shards", "4"], "JOB_COMPLETION_INDEX"],
		[["in", "--shard", "1/4", "--shards", "5"], "contradict"],
	])("explains %j", async (args, text) => {
		await using sandbox = await createSandbox();
		const { code, stderr } = await sandbox.dinoseg("batch", ...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
	});

	it.each(["status", "merge"])("%s explains itself where there is no batch", async (command) => {
		await using sandbox = await createSandbox();
		const { code, stderr } = await sandbox.dinoseg(command, "out");
		expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("run.json") });
	});
});
