import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { decodeLabelPng, decodeRle, parseSegments } from "@dinoseg/core/labels";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeTiff, RATIONAL, SHORT } from "../../../fixtures/tiff.ts";
import { type CliResult, createSandbox, examplePath, type Sandbox } from "./harness.ts";

const FILES = ["confidence.png", "figure.png", "labels.png", "overlay.png", "segments.json"];
/** Small networks inputs keep the suite quick; the full size runs in the parity and determinism tests. */
const QUICK = ["--input-size", "112", "--quiet"];

/** Write an example photograph as a small picture. */
async function writeSmall(sandbox: Sandbox, path: string, example = "cat.jpg"): Promise<void> {
	await sharp(examplePath(example)).resize(120, 90).toFile(sandbox.path(path));
}

async function digestFolder(folder: string): Promise<Record<string, string>> {
	const digests: Record<string, string> = {};
	for (const name of (await readdir(folder)).sort()) {
		digests[name] = createHash("sha256")
			.update(await readFile(`${folder}/${name}`))
			.digest("hex");
	}
	return digests;
}

describe("dinoseg segment", () => {
	it("takes an image in place of a command, and no misspelt command for an image", async () => {
		await using sandbox = await createSandbox();
		await writeSmall(sandbox, "cat.png");
		expect(await sandbox.dinoseg("cat.png", ...QUICK)).toMatchObject({ code: 0, stderr: "" });
		expect((await readdir(sandbox.path("out/cat"))).sort()).toEqual(FILES);
		const misspelt = await sandbox.dinoseg("segmnt", "cat.png");
		expect(misspelt.code).toBe(2);
		expect(misspelt.stderr).toContain("Did you mean segment?");
	});

	it("tells areas in physical units, by the file or by hand", async () => {
		await using sandbox = await createSandbox();
		const data = Uint8Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 16 ? 20 : 200));
		const dots = [282, 283].map((tag) => ({ tag, type: RATIONAL, values: [100] }));
		const tags = [...dots, { tag: 296, type: SHORT, values: [3] }];
		await writeFile(sandbox.path("cells.tif"), encodeTiff([{ width: 64, height: 48, channels: 1, data, tags }]));
		const read = async () => parseSegments(await readFile(sandbox.path("out/cells/segments.json"), "utf8"));

		expect(await sandbox.dinoseg("segment", "cells.tif", ...QUICK)).toMatchObject({ code: 0, stderr: "" });
		const scanned = await read();
		expect(scanned.input.pixelSize).toEqual({ width: 0.1, height: 0.1, unit: "mm" });
		expect(scanned.segments.reduce((sum, { area = Number.NaN }) => sum + area, 0)).toBeCloseTo(64 * 48 * 0.01, 9);

		const byHand = await sandbox.dinoseg("segment", "cells.tif", "--pixel-size", "0.5x2um", ...QUICK, "--force");
		expect(byHand).toMatchObject({ code: 0, stderr: "" });
		const sized = await read();
		expect(sized.input.pixelSize).toEqual({ width: 0.5, height: 2, unit: "um" });
		expect(sized.options["pixelSize"]).toBe("0.5x2um");
		expect(sized.segments.map(({ area }) => area)).toEqual(sized.segments.map(({ pixels }) => pixels));

		expect(await sandbox.dinoseg("export", "out", "--format", "csv", "--quiet")).toMatchObject({ code: 0, stderr: "" });
		const [head, ...rows] = (await readFile(sandbox.path("out/segments.csv"), "utf8")).trimEnd().split("\n");
		const [area, unit] = [head.split(",").indexOf("area"), head.split(",").indexOf("area_unit")];
		expect(rows.map((row) => [Number(row.split(",")[area]), row.split(",")[unit]])).toEqual(
			sized.segments.map(({ pixels }) => [pixels, "um2"]),
		);

		const wrong = await sandbox.dinoseg("segment", "cells.tif", "--pixel-size", "0.5");
		expect(wrong.code).toBe(2);
		expect(wrong.stderr).toContain(
			'--pixel-size must be auto, a length (0.5um) or two, across and down (0.5x0.4um), got "0.5"',
		);
	});

	it("writes the five files of a photograph, at its size", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const flags = ["-k", "5", "--input-size", "112"];
		const result = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...flags);
		expect(result).toMatchObject({ code: 0, stdout: "" });
		expect((await readdir(sandbox.path("out/coffee"))).sort()).toEqual(FILES);

		const { width, height } = await sharp(examplePath("coffee.jpg")).metadata();
		for (const name of ["labels.png", "overlay.png", "confidence.png"]) {
			expect(await sharp(sandbox.path("out/coffee", name)).metadata(), name).toMatchObject({ width, height });
		}
		expect((await sharp(sandbox.path("out/coffee/figure.png")).metadata()).width).toBe(1600);

		const labels = decodeLabelPng(await readFile(sandbox.path("out/coffee/labels.png")));
		const document = parseSegments(await readFile(sandbox.path("out/coffee/segments.json"), "utf8"));
		expect(document.segments).toHaveLength(5);
		expect(document.input).toMatchObject({ path: "coffee.jpg", width, height });
		expect(document.model).toMatchObject({ name: "tiny", revision: null, dtype: "fp32" });
		expect(document.k).toMatchObject({ requested: 5, used: 5 });
		for (const segment of document.segments) {
			const mask = decodeRle(segment.rle);
			let wrong = 0;
			for (let i = 0; i < mask.length; i++) {
				wrong += (mask[i] === 1) === (labels.data[i] === segment.id) ? 0 : 1;
			}
			expect(wrong, `pixels where labels.png and the mask of segment ${segment.id} disagree`).toBe(0);
		}
		const pixels = document.segments.map((segment) => segment.pixels);
		expect(pixels).toEqual([...pixels].sort((a, b) => b - a));
	});

	it("gives byte-identical files twice, with and without the token cache", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const image = examplePath("rocket.jpg");
		for (const [output, ...flags] of [["first"], ["second"], ["third", "--no-cache"]]) {
			expect((await sandbox.dinoseg("segment", image, "-o", output, "--quiet", ...flags)).code).toBe(0);
		}
		const first = await digestFolder(sandbox.path("first/rocket"));
		expect(await digestFolder(sandbox.path("second/rocket"))).toEqual(first);
		expect(await digestFolder(sandbox.path("third/rocket"))).toEqual(first);
	});

	it.each([
		["auto", 11],
		["3..5", 3],
	])("chooses k with -k %s, and says how", async (requested, count) => {
		await using sandbox = await createSandbox();
		await writeSmall(sandbox, "rocket.png", "rocket.jpg");
		expect((await sandbox.dinoseg("segment", "rocket.png", "-k", requested, ...QUICK)).code).toBe(0);
		const chosen = parseSegments(await readFile(sandbox.path("out/rocket/segments.json"), "utf8"));
		expect(chosen.options).toMatchObject({ clusters: requested });
		expect(chosen.k).toMatchObject({ requested, criterion: "separation" });
		expect(chosen.k.curve).toHaveLength(count);
		expect(chosen.k.curve?.map(({ clusters }) => clusters)).toContain(chosen.k.used);

		const flags = ["-k", `${chosen.k.used}`, "-o", "by-hand", ...QUICK];
		expect((await sandbox.dinoseg("segment", "rocket.png", ...flags)).code).toBe(0);
		for (const name of ["labels.png", "overlay.png", "confidence.png"]) {
			const byHand = await readFile(sandbox.path("by-hand/rocket", name));
			expect(byHand.equals(await readFile(sandbox.path("out/rocket", name))), name).toBe(true);
		}
	});

	it("writes the sheet of a sweep beside the usual result, and removes one that is out of date", async () => {
		await using sandbox = await createSandbox();
		const image = "cat.png";
		await writeSmall(sandbox, image);
		const options = ["-k", "auto", ...QUICK];
		const swept = await sandbox.dinoseg("segment", image, "--sweep", "2..4", "--json", ...options);
		expect(swept.code, swept.stderr).toBe(0);
		expect(JSON.parse(swept.stdout).results).toMatchObject([{ output: "out/cat", status: "done" }]);
		const { "sweep.png": sheet, ...usual } = await digestFolder(sandbox.path("out/cat"));
		expect(sheet).toBeDefined();
		expect((await sharp(sandbox.path("out/cat/sweep.png")).metadata()).width).toBe(1600);
		expect((await sandbox.dinoseg("segment", image, "--sweep", "2..4", "-f", ...options)).code).toBe(0);
		expect(await digestFolder(sandbox.path("out/cat"))).toEqual({ ...usual, "sweep.png": sheet });
		expect((await sandbox.dinoseg("segment", image, "-f", ...options)).code).toBe(0);
		const { "segments.json": _, ...pictures } = usual;
		const { "segments.json": document, ...others } = await digestFolder(sandbox.path("out/cat"));
		expect(others).toEqual(pictures);
		expect(document).not.toBe(usual["segments.json"]);
	});

	it("searches folders, keeps their layout, and never reads results", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in/sub"), { recursive: true });
		for (const name of ["in/a.JPG", "in/a.png", "in/sub/b.jpg"]) {
			await writeSmall(sandbox, name);
		}
		await writeFile(sandbox.path("in/notes.txt"), "not an image");
		expect((await sandbox.dinoseg("segment", "in", "-o", "in/out", ...QUICK)).code).toBe(0);
		expect((await readdir(sandbox.path("in/out"))).sort()).toEqual(["a.JPG", "a.png", "index.html", "sub"]);
		expect((await readdir(sandbox.path("in/out/sub/b"))).sort()).toEqual(FILES);

		const again = await sandbox.dinoseg("segment", "in", "-o", "elsewhere", "--json", ...QUICK);
		expect(again.code).toBe(0);
		expect(JSON.parse(again.stdout).results.map((entry: { input: string }) => entry.input)).toEqual([
			"in/a.JPG",
			"in/a.png",
			"in/sub/b.jpg",
		]);
	});

	it("refuses two named files that would share a folder, before any work", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await mkdir(sandbox.path("p"));
		await mkdir(sandbox.path("q"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("p/same.jpg"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("q/same.jpg"));
		const result = await sandbox.dinoseg("segment", "p/same.jpg", "q/same.jpg", ...QUICK);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("p/same.jpg and q/same.jpg");
		await expect(stat(sandbox.path("out"))).rejects.toThrow("ENOENT");
	});

	it("says why it does not search its own output folder, nor nothing", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await copyFile(examplePath("cat.jpg"), sandbox.path("cat.jpg"));
		const { code, stderr } = await sandbox.dinoseg("segment", ".", "*.jpg", "", "-o", ".", ...QUICK);
		expect(code).toBe(1);
		for (const input of [".", "*.jpg"]) {
			expect(stderr).toContain(`error ${input}: this is the output folder of this run`);
		}
		expect(stderr).toContain("empty text");
		expect((await sandbox.dinoseg("segment", "cat.jpg", "-o", "", ...QUICK)).code).toBe(2);
	});

	it("goes on when nobody reads what it tells", async () => {
		await using sandbox = await createSandbox();
		await writeSmall(sandbox, "cat.png");
		await writeSmall(sandbox, "coffee.png", "coffee.jpg");
		const { child, ended } = sandbox.start(["segment", "cat.png", "coffee.png", "--json", "--input-size", "112"]);
		child.stderr?.destroy();
		child.stdout?.destroy();
		expect((await ended).code).toBe(0);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["cat", "coffee", "index.html"]);
	});

	it("keeps an existing result unless forced", async () => {
		await using sandbox = await createSandbox();
		const image = "cat.png";
		await writeSmall(sandbox, image);
		await sandbox.dinoseg("segment", image, ...QUICK);
		const before = await digestFolder(sandbox.path("out/cat"));
		const refused = await sandbox.dinoseg("segment", image, "-k", "3", ...QUICK);
		expect(refused.code).toBe(1);
		expect(refused.stderr).toContain("--force");
		expect(await digestFolder(sandbox.path("out/cat"))).toEqual(before);
		expect((await sandbox.dinoseg("segment", image, "-k", "3", "-f", ...QUICK)).code).toBe(0);
		expect(await digestFolder(sandbox.path("out/cat"))).not.toEqual(before);
	});

	it("prints one JSON document that names every input", async () => {
		await using sandbox = await createSandbox();
		const image = sandbox.path("cat.png");
		await writeSmall(sandbox, "cat.png");
		const result = await sandbox.dinoseg("segment", image, "missing.jpg", "--json", ...QUICK);
		expect(result.code).toBe(1);
		const { results } = JSON.parse(result.stdout);
		expect(results).toMatchObject([
			{ input: image, output: "out/cat", status: "done" },
			{ input: "missing.jpg", output: null, status: "failed", error: { code: "INPUT_NOT_FOUND" } },
		]);
	});
});

describe("dinoseg segment of files, folders and patterns at once", () => {
	let sandbox: Sandbox;
	let result: CliResult;

	beforeAll(async () => {
		sandbox = await createSandbox({ ownCache: true });
		for (const folder of ["in", "cells", "deep/x/y"]) {
			await mkdir(sandbox.path(folder), { recursive: true });
		}
		const small = await sharp(examplePath("cat.jpg")).resize(60).png().toBuffer();
		const named = ["in/a.jpg", "in/a.png", "in/a.jpg.webp", "in/...png", "in/x[1].png"];
		for (const name of [...named, "deep/x/y/c.jpg"]) {
			await writeFile(sandbox.path(name), small);
		}
		const data = Uint16Array.from({ length: 128 * 96 }, (_, i) => (i % 128 < 64 ? 300 : 4000));
		await writeFile(sandbox.path("cells/cells16.tif"), encodeTiff([{ width: 128, height: 96, channels: 1, data }]));
		await writeFile(sandbox.path("cells/IMG_1.JXL"), "");
		const frames = Buffer.concat(
			await Promise.all(
				[0, 128].map((grey) =>
					sharp({ create: { width: 40, height: 30, channels: 3, background: { r: grey, g: 90, b: 20 } } })
						.raw()
						.toBuffer(),
				),
			),
		);
		const moving = sandbox.path("moving.gif");
		await sharp(frames, { raw: { width: 40, height: 60, channels: 3, pageHeight: 30 } }).toFile(moving);
		const inputs = [...named, "cells", "deep/**/*.jpg", moving];
		result = await sandbox.dinoseg("segment", ...inputs, "-k", "2", "--json", "--input-size", "112");
	});

	afterAll(() => sandbox[Symbol.asyncDispose]());

	it("ends well", () => {
		expect(result.code, result.stderr).toBe(0);
	});

	it("stretches microscopy of 16 bits, says to what, and counts what a folder has else", async () => {
		expect(result.stderr).toContain("skipped 1: 1 JPEG XL");
		const { results, skipped } = JSON.parse(result.stdout);
		expect(skipped).toEqual({ "JPEG XL": 1 });
		expect(results).toContainEqual({ input: "cells/cells16.tif", output: "out/cells16", status: "done" });
		const document = parseSegments(await readFile(sandbox.path("out/cells16/segments.json"), "utf8"));
		expect(document.input.stretch).toEqual({ black: 300, white: 4000 });
		expect(document.options["stretch"]).toBe("auto");
		expect(document.segments.map(({ meanColor }) => meanColor).sort()).toEqual(["#000000", "#ffffff"]);
	});

	it("keeps apart what would land in one folder, and expands a pattern below its fixed part", async () => {
		expect((await readdir(sandbox.path("out"))).sort()).toEqual([
			"...png",
			"a.jpg",
			"a.jpg.webp",
			"a.png",
			"cells16",
			"index.html",
			"moving",
			"x",
			"x[1]",
		]);
		expect(await readdir(sandbox.path("out/x/y"))).toEqual(["c"]);
	});

	it("puts no path of the machine into a result", async () => {
		const text = await readFile(sandbox.path("out/moving/segments.json"), "utf8");
		expect(text).toContain("ANIMATION_FIRST_FRAME");
		expect(text).not.toContain(sandbox.folder);
	});

	it("tells progress in plain lines when stderr is no terminal", () => {
		expect(result.stderr).toMatch(
			/^\[1\/8\] (in|cells|deep)\/\S+ → out\/\S+ · 2 segments · [\d.]+ s {2}\(.*(images\/s|s\/image), .* left\)$/m,
		);
		expect(result.stderr).toMatch(/^8 images: 8 done, 0 failed, .* → out$/m);
		expect(result.stderr).not.toContain("\u001b");
	});
});

describe("wrong usage", () => {
	it.each([
		["an unknown flag", ["segment", "a.jpg", "--clusers", "5"], /unknown option '--clusers'.*\n?.*--clusters/],
		["an option that is not there", ["segment", "a.jpg", "--sharpen", "2"], /unknown option '--sharpen'/],
		["an impossible count", ["segment", "a.jpg", "-k", "0"], /--clusters must be an integer from 1 to 1024, got 0/],
		[
			"text for a number",
			["segment", "a.jpg", "-k", "six"],
			/--clusters must be a number of segments \(6\), auto or a range \(3..20\), got "six"/,
		],
		["a range that falls", ["segment", "a.jpg", "-k", "5..3"], /--clusters must be a range that rises, got 5..3/],
		["a sweep of one number", ["segment", "a.jpg", "--sweep", "6"], /--sweep must be a range of numbers of segments/],
		["a sweep of too many", ["segment", "a.jpg", "--sweep", "2..40"], /--sweep must hold at most 30 numbers/],
		["an even median", ["segment", "a.jpg", "--median", "4"], /--median must be 0 \(off\) or an odd integer/],
		[
			"an unknown smoothing",
			["segment", "a.jpg", "--smooth", "blur"],
			/--smooth must be one of none, median, majority/,
		],
		[
			"a window too large",
			["segment", "a.jpg", "--smooth", "guided:4097"],
			/--smooth window must be an odd .* 3 to 4095/,
		],
		["an unknown model", ["segment", "a.jpg", "-m", "dinov9"], /dinov9/],
		["no input", ["segment"], /missing required argument/],
		["an unknown command", ["segmnet"], /unknown command 'segmnet'/],
		["no command", [], /Usage: dinoseg/],
	])("%s exits 2 and says why", async (_name, args, message) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const result = await sandbox.dinoseg(...args);
		expect(result.code).toBe(2);
		expect(result.stderr).toMatch(message);
		expect(result.stderr).not.toMatch(/^ {4}at /m);
		expect(result.stdout).toBe("");
	});
});
