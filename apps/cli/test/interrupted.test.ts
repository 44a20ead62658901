import { spawnSync } from "node:child_process";
import { access, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const bin = fileURLToPath(new URL("../bin/dinoseg.js", import.meta.url));
const QUICK = ["--input-size", "112", "-k", "3"];
/** For a run that has to meet what happens while its network runs. */
const WITH_NETWORK = [...QUICK, "--no-cache"];

async function photographs(sandbox: Sandbox, count: number): Promise<void> {
	await mkdir(sandbox.path("in"));
	for (let index = 0; index < count; index++) {
		await copyFile(examplePath("cat.jpg"), sandbox.path(`in/${index}.jpg`));
	}
}

/** The number of a process that has ended. */
function deadProcess(): number {
	return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("an interrupted run", () => {
	it("prints what was done so far, and leaves no folder without its manifest, nor a half-written file", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await photographs(sandbox, 12);
		const { child, ended } = sandbox.start(["segment", "in", "--json", "--concurrency", "3", ...WITH_NETWORK]);
		child.stderr?.on("data", (text: string) => {
			if (text.includes("[ 2/12]")) {
				child.kill("SIGINT");
			}
		});
		const { code, signal, stdout, stderr } = await ended;
		expect({ code, signal }).toEqual({ code: null, signal: "SIGINT" });
		expect(stderr).not.toMatch(/^ {4}at /m);
		const { results } = JSON.parse(stdout);
		expect(results.length).toBeGreaterThanOrEqual(2);
		const folders = await readdir(sandbox.path("out"));
		expect(folders.length).toBeGreaterThanOrEqual(results.length);
		for (const folder of folders) {
			await access(sandbox.path("out", folder, "segments.json"));
		}
		const files = await readdir(sandbox.path("out"), { recursive: true });
		expect(files.filter((name) => name.includes("tmp"))).toEqual([]);
		for (const { status, output } of results) {
			expect(status).toBe("done");
			await access(sandbox.path(output, "segments.json"));
		}
	});

	it("that was killed leaves its lock and its files to the next one, which removes them", async () => {
		await using sandbox = await createSandbox();
		await photographs(sandbox, 1);
		await mkdir(sandbox.path("out/old"), { recursive: true });
		const pid = deadProcess();
		const [dead, alive] = [`.${pid}-x.dinoseg-tmp`, `.${process.ppid}-x.dinoseg-tmp`];
		await writeFile(sandbox.path("out/old", dead), "half");
		await writeFile(sandbox.path("out/old", alive), "half");
		await writeFile(sandbox.path("out/.dinoseg-lock"), JSON.stringify({ pid, host: hostname(), started: "1" }));
		const result = await sandbox.dinoseg("segment", "in", ...QUICK);
		expect(result.code, result.stderr).toBe(0);
		expect(await readdir(sandbox.path("out/old"))).toEqual([alive]);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["0", "index.html", "old"]);
	});

	it("does not keep a lock by the number of a process that another one has now", async () => {
		await using sandbox = await createSandbox();
		await photographs(sandbox, 1);
		await mkdir(sandbox.path("out"));
		const owner = { pid: process.ppid, host: hostname(), started: "1" };
		await writeFile(sandbox.path("out/.dinoseg-lock"), JSON.stringify(owner));
		expect((await sandbox.dinoseg("segment", "in", ...QUICK)).code).toBe(0);
	});
});

describe("a second process on one output folder", () => {
	it("says who writes there, and writes nothing", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await photographs(sandbox, 3);
		const first = sandbox.start(["segment", "in", "--concurrency", "1", ...WITH_NETWORK]);
		await new Promise<void>((resolve) => first.child.stderr?.on("data", (text) => /\[1\/3\]/.test(text) && resolve()));
		first.child.kill("SIGSTOP");
		const lock = sandbox.path("out/.dinoseg-lock");
		const text = await readFile(lock, "utf8");
		const second = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK);
		expect(second.code).toBe(1);
		expect(second.stderr).toContain(`out: another dinoseg (process ${first.child.pid}) writes there now.`);
		expect(await readFile(lock, "utf8")).toBe(text);
		first.child.kill("SIGCONT");
		expect((await first.ended).code).toBe(0);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["0", "1", "2", "index.html"]);
	});
});

describe.skipIf(process.platform !== "linux")("poor surroundings get a sentence", () => {
	const shell = (sandbox: Sandbox, command: string, environment = {}) => {
		const { status, stderr } = spawnSync("bash", ["-c", command, process.execPath, bin], {
			cwd: sandbox.folder,
			env: { ...process.env, DINOSEG_CACHE: sandbox.cache, ...environment },
			encoding: "utf8",
		});
		expect(stderr).not.toMatch(/^ {4}at /m);
		return { status, stderr };
	};

	it("a full disk behind stdout", async () => {
		await using sandbox = await createSandbox();
		await photographs(sandbox, 1);
		expect(shell(sandbox, `"$0" "$1" segment in --json ${QUICK.join(" ")} > /dev/full`)).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^error stdout: cannot be written \(no space left on the disk\)/m),
		});
		await access(sandbox.path("out/0/segments.json"));
	});

	it("a full disk behind stderr: the results are there", async () => {
		await using sandbox = await createSandbox();
		await photographs(sandbox, 1);
		expect(shell(sandbox, `"$0" "$1" segment in ${QUICK.join(" ")} 2> /dev/full`).status).toBe(0);
		await access(sandbox.path("out/0/segments.json"));
	});

	it("an empty HOME, and at most 512 open files: neither is too little", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await photographs(sandbox, 2);
		const empty = { HOME: "", DINOSEG_CACHE: undefined, XDG_CACHE_HOME: undefined, HF_HOME: undefined };
		const { status, stderr } = shell(sandbox, `ulimit -n 512; "$0" "$1" segment in ${WITH_NETWORK.join(" ")}`, empty);
		expect(status, stderr).toBe(0);
	});

	it("a read-only disk, with nothing written anywhere else", async (context) => {
		await using sandbox = await createSandbox({ ownCache: true });
		await photographs(sandbox, 2);
		await mkdir(sandbox.path("out"));
		const mounted = (command: string) =>
			spawnSync(
				"unshare",
				["-rm", "bash", "-c", `mount -t tmpfs -o ro tmpfs out && ${command}`, process.execPath, bin],
				{
					cwd: sandbox.folder,
					env: { ...process.env, DINOSEG_CACHE: sandbox.cache },
					encoding: "utf8",
				},
			);
		const attempt = mounted("true");
		if (attempt.status !== 0) {
			context.skip(`no file system can be mounted here: ${attempt.error?.message ?? attempt.stderr.trim()}`);
		}
		const sentence = "cannot be written (the file system is read-only). Choose an output folder on another disk.";
		for (const args of [["in"], ["in/0.jpg"]]) {
			const { status, stdout, stderr } = mounted(
				`"$0" "$1" segment ${args.join(" ")} --json ${WITH_NETWORK.join(" ")}`,
			);
			expect(status, stderr).toBe(1);
			expect(stderr).not.toMatch(/^ {4}at /m);
			const { results } = JSON.parse(stdout) as { results: { input: string; error: { code: string } }[] };
			expect(results.map(({ error }) => error.code)).toEqual(results.map(() => "OUTPUT_UNWRITABLE"));
			for (const { input } of results) {
				expect(stderr).toMatch(
					new RegExp(`^error out/${input.slice(3, 4)}.*: ${sentence.replace(/[().]/g, "\\$&")}$`, "m"),
				);
			}
		}
		expect((await readdir(sandbox.folder)).filter((name) => !name.startsWith("."))).toEqual(["in", "out"]);
		expect(await readdir(sandbox.path("out"))).toEqual([]);
	});

	it.each([24, 40, 56])("%i open files", async (limit) => {
		await using sandbox = await createSandbox();
		await photographs(sandbox, 2);
		const { status, stderr } = shell(sandbox, `ulimit -n ${limit}; "$0" "$1" segment in ${WITH_NETWORK.join(" ")}`);
		expect(status).toBe(1);
		expect(stderr).toMatch(/too many files are open.*raise the limit/);
		expect(stderr).not.toMatch(/^ {4}at /m);
	});
});
