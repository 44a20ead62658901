import { existsSync } from "node:fs";
import { copyFile, readdir, readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readStdin } from "../dist/inputs/read-stdin.js";
import { checkStdout } from "../dist/runs/stdout-output.js";
import { createSandbox, examplePath, TERMINAL } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "3", "--median", "0"];
const CAT = examplePath("cat.jpg");

describe("stdin", () => {
	it("gives the maps of the file, and stands beside files, once", async () => {
		await using sandbox = await createSandbox();
		const bytes = await readFile(CAT);
		const chunks = [bytes.subarray(0, 1000), bytes.subarray(1000)];
		const both = await sandbox.dinosegFrom(chunks, "segment", CAT, "-", "--json", ...QUICK);
		expect(both.code, both.stderr).toBe(0);
		expect(JSON.parse(both.stdout).results).toEqual([
			{ input: CAT, output: "out/cat", status: "done" },
			{ input: "-", output: "out/stdin", status: "done" },
		]);
		for (const file of ["labels.png", "overlay.png", "figure.png"]) {
			const [fromStdin, fromFile] = await Promise.all(
				["stdin", "cat"].map((name) => readFile(sandbox.path("out", name, file))),
			);
			expect(fromStdin.equals(fromFile), file).toBe(true);
		}
		const document = JSON.parse(await readFile(sandbox.path("out/stdin/segments.json"), "utf8"));
		const fromFile = JSON.parse(await readFile(sandbox.path("out/cat/segments.json"), "utf8"));
		expect(document.input).toEqual({ ...fromFile.input, path: null });
		const twice = await sandbox.dinosegFrom([bytes], "segment", "-", "-", ...QUICK);
		expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining("can be read once") });
	});

	it("has a folder of its own, counts as done when the same bytes come again, and fails for others", async () => {
		await using sandbox = await createSandbox();
		const bytes = await readFile(CAT);
		const piped = await sandbox.dinosegFrom([bytes], "-", ...QUICK);
		expect(piped, piped.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining("- → out/stdin") });
		expect(await readdir(sandbox.path("out"))).toEqual(["stdin"]);
		const again = await sandbox.dinosegFrom([bytes], "-", ...QUICK);
		expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("done already") });
		const other = await sandbox.dinosegFrom([await readFile(examplePath("coffee.jpg"))], "-", ...QUICK);
		expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("other bytes") });
	});

	it("says what is wrong with nothing, a terminal, damage, and too many bytes", async () => {
		await using sandbox = await createSandbox();
		const nothing = await sandbox.dinosegFrom([], "segment", "-", "--json", ...QUICK);
		expect(nothing.code).toBe(1);
		expect(JSON.parse(nothing.stdout).results).toMatchObject([{ input: "-", error: { code: "INPUT_EMPTY" } }]);
		const typed = await sandbox.dinosegFrom(TERMINAL, "segment", "-", ...QUICK);
		expect(typed).toMatchObject({ code: 1, stderr: expect.stringContaining("stdin: is a terminal") });
		const text = await sandbox.dinosegFrom([Buffer.from("no image")], "segment", "-", ...QUICK);
		expect(text).toMatchObject({ code: 1, stderr: expect.stringContaining("no known image format") });
		expect(existsSync(sandbox.path("out"))).toBe(false);
	});

	it("is not read beyond the limit of files", async () => {
		let given = 0;
		async function* endless() {
			while (true) {
				given += 100;
				yield new Uint8Array(100);
			}
		}
		await expect(readStdin(endless(), 1000)).rejects.toMatchObject({
			code: "INPUT_UNREADABLE",
			message: expect.stringContaining("more than 1000 bytes"),
		});
		expect(given).toBe(1100);
		const whole = [new Uint8Array(600), new Uint8Array(400)];
		expect(
			await readStdin(
				(async function* () {
					yield* whole;
				})(),
				1000,
			),
		).toHaveLength(1000);
	});
});

describe("stdout", () => {
	it("gets the bytes of one file of the result, and nothing else anywhere", async () => {
		await using sandbox = await createSandbox();
		await copyFile(CAT, sandbox.path("cat.jpg"));
		await sandbox.dinoseg("segment", "cat.jpg", ...QUICK);
		const before = (await readdir(sandbox.folder)).sort();
		const run = (...args: string[]) => sandbox.dinoseg("segment", "cat.jpg", "-o", "-", ...args, ...QUICK);
		for (const [flags, file] of [
			[[], "labels.png"],
			[["--write", "labels"], "labels.png"],
			[["--write", "overlay"], "overlay.png"],
		] as const) {
			const { code, stdoutBytes, stderr } = await run(...flags);
			expect(code, stderr).toBe(0);
			expect(stdoutBytes.equals(await readFile(sandbox.path("out/cat", file))), file).toBe(true);
			expect(stderr).toContain("cat.jpg → stdout");
		}
		const json = await run("--write", "json", "--quiet");
		expect(json.stderr).toBe("");
		const document = await readFile(sandbox.path("out/cat/segments.json"), "utf8");
		expect(json.stdout).toBe(document);
		expect((await readdir(sandbox.folder)).sort()).toEqual(before);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["cat"]);
	});

	it("gets a cut-out of the largest segment, or of those that are picked by id or name", async () => {
		await using sandbox = await createSandbox();
		const { width, height } = await sharp(CAT).metadata();
		const document = JSON.parse((await sandbox.dinoseg(CAT, "-o", "-", "--write", "json", ...QUICK)).stdout);
		const [largest] = document.segments.toSorted((a: { pixels: number }, b: { pixels: number }) => b.pixels - a.pixels);
		const opaque = async (...pick: string[]) => {
			const { stdoutBytes } = await sandbox.dinoseg(CAT, "-o", "-", "--write", "cutout", ...pick, ...QUICK);
			const { data, info } = await sharp(stdoutBytes).raw().toBuffer({ resolveWithObject: true });
			expect(info.channels).toBe(4);
			return { pixels: data.filter((value, at) => at % 4 === 3 && value === 255).length, ...info };
		};
		const [, , boxWidth, boxHeight] = largest.bbox;
		expect(await opaque()).toMatchObject({ pixels: largest.pixels, width: boxWidth, height: boxHeight });
		const [, second, third] = document.segments;
		expect((await opaque("--pick", `${second.id},segment-${third.id}`)).pixels).toBe(second.pixels + third.pixels);
		expect(await opaque("--pick", "0,1,2")).toMatchObject({ pixels: width * height, width, height });
		const unknown = await sandbox.dinoseg(CAT, "-o", "-", "--write", "cutout", "--pick", "grass", ...QUICK);
		expect(unknown).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("grass") });
	});

	it("works as a filter, also of tokens", async () => {
		await using sandbox = await createSandbox();
		const bytes = await readFile(CAT);
		const filtered = await sandbox.dinosegFrom([bytes], "-", "-o", "-", ...QUICK);
		expect(filtered.stdoutBytes.equals((await sandbox.dinoseg(CAT, "-o", "-", ...QUICK)).stdoutBytes)).toBe(true);
		const tokens = await sandbox.dinosegFrom([bytes], "features", "-", "-o", "-", "--input-size", "112");
		await sandbox.dinoseg("features", CAT, "-o", "cat.npy", "--input-size", "112");
		expect(tokens.stdoutBytes.equals(await readFile(sandbox.path("cat.npy")))).toBe(true);
		expect((await readdir(sandbox.folder)).filter((name) => !name.startsWith("."))).toEqual(["cat.npy"]);
	});

	it("names the rule that a command line breaks", async () => {
		await using sandbox = await createSandbox();
		const wrong = async (...args: string[]) => {
			const { code, stdout, stderr } = await sandbox.dinoseg("segment", ...args, ...QUICK);
			expect(code, stderr).toBe(2);
			expect(stdout).toBe("");
			return stderr;
		};
		expect(await wrong(CAT, examplePath("coffee.jpg"), "-o", "-")).toContain("exactly one image to stdout, got 2");
		expect(await wrong(CAT, "-o", "-", "--json")).toContain("--json and -o - would both write to stdout");
		expect(await wrong(CAT, "--write", "overlay")).toContain("--write overlay is for -o -");
		expect(await wrong(CAT, "-o", "-", "--pick", "0")).toContain("--pick is for -o - --write cutout");
		expect(await wrong(CAT, "-o", "-", "--sweep", "2..3")).toContain("--sweep");
		const terminal = { isTTY: true, write: () => true };
		expect(() => checkStdout(terminal, {}, false)).toThrow("to this terminal");
		expect(() => checkStdout(terminal, {}, true)).not.toThrow();
		const missing = await sandbox.dinoseg("segment", "missing.jpg", "-o", "-", ...QUICK);
		expect(missing).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("no such file") });
	});

	it("ends quietly when its reader goes away, and stdin is read by the process itself", async () => {
		await using sandbox = await createSandbox();
		const { child, ended } = sandbox.start(["-", "-o", "-", "--write", "overlay", "--quiet", ...QUICK], {}, "pipe");
		child.stdout?.destroy();
		child.stdin?.end(await readFile(CAT));
		expect(await ended).toMatchObject({ code: 0, stderr: "" });
		const kept = sandbox.start(["-", "-o", "-", "--quiet", ...QUICK], {}, "pipe");
		kept.child.stdin?.end(await readFile(CAT));
		const result = await kept.ended;
		expect(result).toMatchObject({ code: 0, stderr: "" });
		expect((await sharp(result.stdoutBytes).metadata()).format).toBe("png");
		const closed = await sandbox.start(["-", "-o", "-", "--quiet", ...QUICK]).ended;
		expect(closed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("stdin: has zero bytes") });
		expect((await readdir(sandbox.folder)).filter((name) => !name.startsWith("."))).toEqual([]);
	});
});
