import { access, copyFile, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath, type Pause, type Sandbox, type SandboxOptions } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "2", "--median", "0", "--restarts", "1"];
const idle: Pause = () => undefined;

/** A small picture with a border between two colours at x. */
async function picture(x: number): Promise<Buffer> {
	const left = { create: { width: x, height: 48, channels: 3 as const, background: "#d02020" } };
	return sharp({ create: { width: 64, height: 48, channels: 3, background: "#2040d0" } })
		.composite([{ input: left, left: 0, top: 0 }])
		.jpeg()
		.toBuffer();
}

async function inFolder(options?: SandboxOptions): Promise<Sandbox> {
	const sandbox = await createSandbox(options);
	await mkdir(sandbox.path("in"));
	return sandbox;
}

const put = (sandbox: Sandbox, name: string, bytes: Uint8Array) => writeFile(sandbox.path("in", name), bytes);
const count = (text: string, part: string) => text.split(part).length - 1;

describe("watch", () => {
	it("segments what is there and what comes, as a run over the folder would, and knows it again", async () => {
		await using sandbox = await inFolder();
		await put(sandbox, "first.jpg", await picture(20));
		const result = await sandbox.dinosegWhile(
			[
				idle,
				async (stderr) => {
					expect(stderr).toContain("in/first.jpg → out/first · 2 segments");
					expect(await readFile(sandbox.path("out/index.html"), "utf8")).toContain("<h1>1 image segmented</h1>");
					await mkdir(sandbox.path("in/sub"));
					await put(sandbox, "sub/b.jpg", await picture(30));
					await put(sandbox, "x.jxl", Buffer.from("jxl"));
					await put(sandbox, ".hidden.jpg", await picture(30));
				},
				idle,
				idle,
			],
			"watch",
			"in",
			"--json",
			...QUICK,
		);
		expect(result.code, result.stderr).toBe(0);
		expect(result.stderr).toMatch(/^Watching in → out\. Ctrl-C ends it\.\nin\/first\.jpg → /);
		expect(count(result.stderr, "in/x.jxl: skipped (JPEG XL)")).toBe(1);
		expect(result.stderr).toMatch(/^2 done, 0 failed, .* → out$/m);
		expect(JSON.parse(result.stdout)).toEqual({
			results: [
				{ input: "in/first.jpg", output: "out/first", status: "done" },
				{ input: "in/sub/b.jpg", output: "out/sub/b", status: "done" },
			],
			skipped: { "JPEG XL": 1 },
		});
		expect(await readFile(sandbox.path("out/index.html"), "utf8")).toContain("<h1>2 images segmented</h1>");
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["first", "index.html", "sub"]);
		const again = await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK);
		expect(again.stderr).toMatch(/^0 done, 2 done already, 0 failed, /m);
		expect((await sandbox.dinoseg("segment", "in", ...QUICK)).stderr).toContain("2 done already");
	});

	it("waits until a file is complete", async () => {
		await using sandbox = await inFolder();
		const bytes = await picture(20);
		const grow: Pause[] = [0.3, 0.6, 1].map(
			(share) => () => put(sandbox, "a.jpg", bytes.subarray(0, share * bytes.length)),
		);
		const { code, stderr } = await sandbox.dinosegWhile([...grow, idle], "watch", "in", ...QUICK);
		expect(code, stderr).toBe(0);
		expect(stderr).toMatch(/^1 done, 0 failed, /m);
	});

	it("tells of a bad file once, and tries it again when it changes", async () => {
		await using sandbox = await inFolder();
		const bytes = await picture(20);
		await put(sandbox, "bad.jpg", Buffer.from("no picture"));
		const { code, stdout, stderr } = await sandbox.dinosegWhile(
			[
				() => put(sandbox, "cut.jpg", bytes.subarray(0, bytes.length / 2)),
				idle,
				idle,
				async (told) => {
					expect(told).toContain("error in/cut.jpg: ");
					await put(sandbox, "cut.jpg", bytes);
					await put(sandbox, "good.jpg", bytes);
				},
				idle,
				idle,
			],
			"watch",
			"in",
			"--json",
			...QUICK,
		);
		expect(code).toBe(1);
		expect(count(stderr, "error in/bad.jpg: ")).toBe(1);
		expect(count(stderr, "error in/cut.jpg: ")).toBe(1);
		expect(stderr).toMatch(/^2 done, 1 failed, /m);
		const results = (JSON.parse(stdout).results as { input: string }[]).sort((a, b) => (a.input < b.input ? -1 : 1));
		expect(results).toMatchObject([
			{ input: "in/bad.jpg", output: null, status: "failed", error: { code: "IMAGE_UNSUPPORTED" } },
			{ input: "in/cut.jpg", status: "done" },
			{ input: "in/good.jpg", status: "done" },
		]);
		const page = await readFile(sandbox.path("out/index.html"), "utf8");
		expect(page).toContain("<h1>2 images segmented, 1 failed</h1>");
	});

	it("survives folders and files that go, and goes on when the folder is back", async () => {
		await using sandbox = await inFolder();
		const bytes = await picture(20);
		await put(sandbox, "a.jpg", bytes);
		await mkdir(sandbox.path("in/sub"));
		await put(sandbox, "sub/b.jpg", bytes);
		const { code, stderr } = await sandbox.dinosegWhile(
			[
				() => put(sandbox, "gone.jpg", bytes),
				async (told) => {
					expect(told).toContain("in/sub/b.jpg → out/sub/b");
					await unlink(sandbox.path("in/gone.jpg"));
					await rm(sandbox.path("in/sub"), { recursive: true });
				},
				() => rename(sandbox.path("in"), sandbox.path("away")),
				idle,
				() => rename(sandbox.path("away"), sandbox.path("in")),
				() => put(sandbox, "late.jpg", bytes),
				idle,
				idle,
			],
			"watch",
			"in",
			...QUICK,
		);
		expect(code, stderr).toBe(0);
		expect(count(stderr, "warning in: is not there; waiting for it to come back")).toBe(1);
		expect(count(stderr, "in: is there again")).toBe(1);
		expect(stderr).toMatch(/^3 done, 0 failed, /m);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["a", "index.html", "late", "sub"]);
	});

	it("segments a changed image anew, also one that changed between two watches, and nothing else", async () => {
		await using sandbox = await inFolder();
		await put(sandbox, "a.jpg", await picture(20));
		const digest = async () => JSON.parse(await readFile(sandbox.path("out/a/segments.json"), "utf8")).input.sha256;
		const seen: string[] = [];
		await sandbox.dinosegWhile(
			[
				idle,
				async () => {
					seen.push(await digest());
					await put(sandbox, "a.jpg", await picture(30));
				},
				idle,
			],
			"watch",
			"in",
			...QUICK,
		);
		seen.push(await digest());
		await put(sandbox, "a.jpg", await picture(40));
		const again = await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK);
		expect(again.stderr).toMatch(/^1 done, 0 failed, /m);
		seen.push(await digest());
		expect(new Set(seen).size).toBe(3);

		await put(sandbox, "a.jpg", await picture(10));
		const other = await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK, "--smooth", "none");
		expect(other.code).toBe(1);
		expect(other.stderr).toContain("the image has other bytes now, --smooth guided there, none now. Use --force");
		expect(await digest()).toBe(seen[2]);
		expect((await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK, "--smooth", "none", "--force")).code).toBe(0);
	});

	it("gives images of one stem that come one after the other folders that they keep", async () => {
		await using sandbox = await inFolder();
		const png = await sharp(await picture(25))
			.png()
			.toBuffer();
		await put(sandbox, "a.jpg", await picture(20));
		const first = await sandbox.dinosegWhile(
			[idle, () => put(sandbox, "a.png", png), idle, () => put(sandbox, "a.jpg", png), idle],
			"watch",
			"in",
			...QUICK,
		);
		expect(first.stderr).toMatch(/^3 done, 0 failed, /m);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["a", "a.png", "index.html"]);
		const again = await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK);
		expect(again.stderr).toMatch(/^0 done, 2 done already, 0 failed, /m);
		// The result of another file is nobody else's to replace.
		await unlink(sandbox.path("in/a.jpg"));
		await unlink(sandbox.path("in/a.png"));
		await put(sandbox, "a.webp", await sharp(png).webp().toBuffer());
		await sandbox.dinosegWhile([idle], "watch", "in", ...QUICK);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["a", "a.png", "a.webp", "index.html"]);
	});

	it("gives two images that come together their extensions, and says what cannot have a folder", async () => {
		await using sandbox = await inFolder();
		const [jpg, png] = [
			await picture(20),
			await sharp(await picture(25))
				.png()
				.toBuffer(),
		];
		await put(sandbox, "a.jpg.png", png);
		const { code, stderr } = await sandbox.dinosegWhile(
			[
				idle,
				async () => {
					for (const stem of ["a", "b"]) {
						await put(sandbox, `${stem}.jpg`, jpg);
						await put(sandbox, `${stem}.png`, png);
					}
				},
				idle,
				idle,
			],
			"watch",
			"in",
			...QUICK,
		);
		expect(code, stderr).toBe(1);
		expect(count(stderr, 'in/a.jpg.png and in/a.jpg would both write to the folder "a.jpg"')).toBe(1);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["a.jpg", "a.png", "b.jpg", "b.png", "index.html"]);
	});

	it.each([
		["nowhere", 1, "nowhere: no such folder"],
		["file.jpg", 1, "file.jpg: is no folder"],
		["out", 1, "out: this is the output folder of this run"],
	])("refuses %s", async (folder, code, message) => {
		await using sandbox = await createSandbox({ ownCache: true });
		await mkdir(sandbox.path("out"));
		await writeFile(sandbox.path("file.jpg"), "");
		const result = await sandbox.dinosegWhile([idle], "watch", folder);
		expect(result).toMatchObject({ code, stderr: expect.stringContaining(message) });
	});

	it("has no use for stdout as its output", async () => {
		await using sandbox = await inFolder();
		const result = await sandbox.dinosegWhile([idle], "watch", "in", "-o", "-");
		expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("Give a watch a folder") });
	});

	// The reduced form of scripts/soak-watch.ts.
	it("misses none of 16 images that trickle in", async () => {
		await using sandbox = await inFolder();
		const bytes = await Promise.all(Array.from({ length: 16 }, (_, index) => picture(12 + index)));
		const trickle: Pause[] = Array.from({ length: 8 }, (_, step) => async () => {
			const half = bytes[2 * step].subarray(0, 300);
			await put(sandbox, `${2 * step}.jpg`, half);
			await put(sandbox, `${2 * step + 1}.jpg`, bytes[2 * step + 1]);
			await put(sandbox, `${2 * step}.jpg`, bytes[2 * step]);
		});
		const { code, stderr } = await sandbox.dinosegWhile([...trickle, idle, idle], "watch", "in", "--quiet", ...QUICK);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		for (let index = 0; index < 16; index++) {
			await access(sandbox.path(`out/${index}/segments.json`));
		}
	});
});

describe("a watching process", () => {
	it("ends by a signal, tells what was done, and goes on next time", async () => {
		await using sandbox = await inFolder({ ownCache: true });
		for (let index = 0; index < 6; index++) {
			await copyFile(examplePath("cat.jpg"), sandbox.path(`in/${index}.jpg`));
		}
		const { child, ended } = sandbox.start([
			"watch",
			"in",
			"--json",
			"--concurrency",
			"2",
			"--input-size",
			"112",
			"-k",
			"3",
		]);
		let told = "";
		child.stderr?.on("data", (text: string) => {
			told += text;
			if (count(told, " → out/") === 2) {
				child.kill("SIGTERM");
			}
		});
		const { signal, stdout, stderr } = await ended;
		expect(signal).toBe("SIGTERM");
		expect(stderr).toMatch(/^[2-6] done, 0 failed, .* → out$/m);
		const { results } = JSON.parse(stdout);
		const folders = (await readdir(sandbox.path("out"))).filter((name) => name !== "index.html");
		expect(folders.length).toBeGreaterThanOrEqual(results.length);
		for (const folder of folders) {
			await access(sandbox.path("out", folder, "segments.json"));
		}
		const before = await stat(sandbox.path("out/0/segments.json"));
		const again = await sandbox.dinosegWhile([idle], "watch", "in", "--input-size", "112", "-k", "3");
		expect(again.stderr).toMatch(/^[0-4] done, [2-6] done already, 0 failed, /m);
		expect((await stat(sandbox.path("out/0/segments.json"))).ino).toBe(before.ino);
	});
});
