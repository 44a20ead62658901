import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { decodeLabelPng, decodeRle, parseSegments } from "@dinoseg/core/labels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeTiff, RATIONAL, SHORT } from "../../../fixtures/tiff.ts";
import { createSandbox, examplePath } from "./harness.ts";

const FILES = ["confidence.png", "figure.png", "labels.png", "overlay.png", "segments.json"];
/** Small networks inputs keep the suite quick; the full size runs in the parity and determinism tests. */
const QUICK = ["--input-size", "224", "--quiet"];

async function digestFolder(folder: string): Promise<Record<string, string>> {
	const digests: Record<string, string> = {};
	for (const name of (await readdir(folder)).sort()) {
		let bytes: Buffer | string = await readFile(`${folder}/${name}`);
		if (name === "segments.json") {
			bytes = JSON.stringify({ ...JSON.parse(bytes.toString()), timings: null });
		}
		digests[name] = createHash("sha256").update(bytes).digest("hex");
	}
	return digests;
}

describe("dinoseg segment", () => {
	it("takes an image in place of a command, and no misspelt command for an image", async () => {
		await using sandbox = await createSandbox();
		expect(await sandbox.dinoseg(examplePath("coffee.jpg"), ...QUICK)).toMatchObject({ code: 0, stderr: "" });
		expect((await readdir(sandbox.path("out/coffee"))).sort()).toEqual(FILES);
		const misspelt = await sandbox.dinoseg("segmnt", examplePath("coffee.jpg"));
		expect(misspelt.code).toBe(2);
		expect(misspelt.stderr).toContain("Did you mean segment?");
	});

	it("stretches microscopy of 16 bits, says to what, and counts what a folder has else", async () => {
		await using sandbox = await createSandbox();
		const data = Uint16Array.from({ length: 128 * 96 }, (_, i) => (i % 128 < 64 ? 300 : 4000));
		await mkdir(sandbox.path("cells"));
		await writeFile(sandbox.path("cells/cells16.tif"), encodeTiff([{ width: 128, height: 96, channels: 1, data }]));
		await writeFile(sandbox.path("cells/IMG_1.JXL"), "");
		const { code, stdout, stderr } = await sandbox.dinoseg("segment", "cells", "-k", "2", "--json");
		expect(code).toBe(0);
		expect(stderr).toContain("skipped 1: 1 JPEG XL");
		expect(JSON.parse(stdout)).toMatchObject({ results: [{ status: "done" }], skipped: { "JPEG XL": 1 } });
		const document = parseSegments(await readFile(sandbox.path("out/cells16/segments.json"), "utf8"));
		expect(document.input.stretch).toEqual({ black: 300, white: 4000 });
		expect(document.options["stretch"]).toBe("auto");
		expect(document.segments.map(({ meanColor }) => meanColor).sort()).toEqual(["#000000", "#ffffff"]);
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
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), "-k", "5");
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
		await using sandbox = await createSandbox();
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
		const image = examplePath("rocket.jpg");
		const options = QUICK;
		expect((await sandbox.dinoseg("segment", image, "-k", requested, ...options)).code).toBe(0);
		const chosen = parseSegments(await readFile(sandbox.path("out/rocket/segments.json"), "utf8"));
		expect(chosen.options).toMatchObject({ clusters: requested });
		expect(chosen.k).toMatchObject({ requested, criterion: "separation" });
		expect(chosen.k.curve).toHaveLength(count);
		expect(chosen.k.curve?.map(({ clusters }) => clusters)).toContain(chosen.k.used);

		expect((await sandbox.dinoseg("segment", image, "-k", `${chosen.k.used}`, "-o", "by-hand", ...options)).code).toBe(
			0,
		);
		for (const name of ["labels.png", "overlay.png", "confidence.png"]) {
			const byHand = await readFile(sandbox.path("by-hand/rocket", name));
			expect(byHand.equals(await readFile(sandbox.path("out/rocket", name))), name).toBe(true);
		}
	});

	it("writes the sheet of a sweep beside the usual result, and removes one that is out of date", async () => {
		await using sandbox = await createSandbox();
		const image = examplePath("cat.jpg");
		const options = ["-k", "auto", ...QUICK];
		const swept = await sandbox.dinoseg("segment", image, "--sweep", "2..4", "--json", ...options);
		expect(swept.code, swept.stderr).toBe(0);
		expect(JSON.parse(swept.stdout).results).toMatchObject([{ output: "out/cat", status: "done" }]);
		const { "sweep.png": sheet, ...usual } = await digestFolder(sandbox.path("out/cat"));
		expect(sheet).toBeDefined();
		expect((await sharp(sandbox.path("out/cat/sweep.png")).metadata()).width).toBe(1600);
		expect((await sandbox.dinoseg("segment", image, "--sweep", "2..4", ...options)).code).toBe(0);
		expect((await sandbox.dinoseg("segment", image, "--sweep", "2..5", ...options)).code).toBe(1);
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
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/a.JPG"));
		await sharp(examplePath("cat.jpg")).resize(60).png().toFile(sandbox.path("in/a.png"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/sub/b.jpg"));
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

	it("expands a quoted glob below its fixed part", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in/x/y"), { recursive: true });
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/x/y/c.jpg"));
		const result = await sandbox.dinoseg("segment", "in/**/*.jpg", ...QUICK);
		expect(result).toMatchObject({ code: 0 });
		expect(await readdir(sandbox.path("out/x/y"))).toEqual(["c"]);
	});

	it("refuses two named files that would share a folder, before any work", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("p"));
		await mkdir(sandbox.path("q"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("p/same.jpg"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("q/same.jpg"));
		const result = await sandbox.dinoseg("segment", "p/same.jpg", "q/same.jpg", ...QUICK);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("p/same.jpg and q/same.jpg");
		await expect(stat(sandbox.path("out"))).rejects.toThrow("ENOENT");
	});

	it("keeps apart what would land in one folder", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in"));
		const small = await sharp(examplePath("cat.jpg")).resize(60).png().toBuffer();
		for (const name of ["a.jpg", "a.png", "a.jpg.webp", "...png", "x[1].png"]) {
			await writeFile(sandbox.path("in", name), small);
		}
		const result = await sandbox.dinoseg(
			"segment",
			"in/a.jpg",
			"in/a.png",
			"in/a.jpg.webp",
			"in/...png",
			"in/x[1].png",
			...QUICK,
		);
		expect(result.code, result.stderr).toBe(0);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual([
			"...png",
			"a.jpg",
			"a.jpg.webp",
			"a.png",
			"index.html",
			"x[1]",
		]);
	});

	it("says why it does not search its own output folder, nor nothing", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("cat.jpg"));
		for (const input of [".", "*.jpg"]) {
			const result = await sandbox.dinoseg("segment", input, "-o", ".", ...QUICK);
			expect(result.code).toBe(1);
			expect(result.stderr).toContain("this is the output folder of this run");
		}
		const empty = await sandbox.dinoseg("segment", "", ...QUICK);
		expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining("empty text") });
		expect((await sandbox.dinoseg("segment", "cat.jpg", "-o", "", ...QUICK)).code).toBe(2);
	});

	it("goes on when nobody reads what it tells", async () => {
		await using sandbox = await createSandbox();
		const { child, ended } = sandbox.start([
			"segment",
			examplePath("cat.jpg"),
			examplePath("coffee.jpg"),
			"--json",
			"--input-size",
			"224",
		]);
		child.stderr?.destroy();
		child.stdout?.destroy();
		expect((await ended).code).toBe(0);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual(["cat", "coffee", "index.html"]);
	});

	it("puts no path of the machine into a result", async () => {
		await using sandbox = await createSandbox();
		const frames = Buffer.concat(
			await Promise.all(
				[0, 128].map((grey) =>
					sharp({ create: { width: 40, height: 30, channels: 3, background: { r: grey, g: 90, b: 20 } } })
						.raw()
						.toBuffer(),
				),
			),
		);
		await sharp(frames, { raw: { width: 40, height: 60, channels: 3, pageHeight: 30 } })
			.gif()
			.toFile(sandbox.path("moving.gif"));
		await sandbox.dinoseg("segment", sandbox.path("moving.gif"), ...QUICK);
		const text = await readFile(sandbox.path("out/moving/segments.json"), "utf8");
		expect(text).toContain("ANIMATION_FIRST_FRAME");
		expect(text).not.toContain(sandbox.folder);
	});

	it("keeps an existing result unless forced", async () => {
		await using sandbox = await createSandbox();
		const image = examplePath("cat.jpg");
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
		const result = await sandbox.dinoseg("segment", examplePath("cat.jpg"), "missing.jpg", "--json", ...QUICK);
		expect(result.code).toBe(1);
		const { results } = JSON.parse(result.stdout);
		expect(results).toMatchObject([
			{ input: examplePath("cat.jpg"), output: "out/cat", status: "done" },
			{ input: "missing.jpg", output: null, status: "failed", error: { code: "INPUT_NOT_FOUND" } },
		]);
	});

	it("tells progress in plain lines when stderr is no terminal", async () => {
		await using sandbox = await createSandbox();
		const images = [examplePath("cat.jpg"), examplePath("coffee.jpg")];
		const { stderr } = await sandbox.dinoseg("segment", ...images, "--input-size", "224", "-k", "6");
		expect(stderr).toMatch(
			/^\[1\/2\] .*(cat|coffee)\.jpg → out\/(cat|coffee) · 6 segments · [\d.]+ s {2}\(.*(images\/s|s\/image), .* left\)$/m,
		);
		expect(stderr).toMatch(/^2 images: 2 done, 0 failed, .* → out$/m);
		expect(stderr).not.toContain("\u001b");
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
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg(...args);
		expect(result.code).toBe(2);
		expect(result.stderr).toMatch(message);
		expect(result.stderr).not.toMatch(/^ {4}at /m);
		expect(result.stdout).toBe("");
	});
});
