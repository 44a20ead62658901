import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { encodeLabelPng } from "@dinoseg/core/labels";
import { encode } from "fast-png";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "./harness.ts";

const WIDTH = 160;
const HEIGHT = 120;
/** Small network inputs keep the suite quick. */
const QUICK = ["--input-size", "112", "-k", "2"];

type Labelling = (x: number, y: number) => number;
const left: Labelling = (x) => (x < WIDTH / 2 ? 1 : 2);
const top: Labelling = (_x, y) => (y < HEIGHT / 2 ? 1 : 2);

function draw(label: Labelling, width = WIDTH, height = HEIGHT): Uint8Array {
	return Uint8Array.from({ length: width * height }, (_, at) => label(at % width, Math.floor(at / width)));
}

/** A truth as others write it: 8-bit grey. */
async function writeTruth(path: string, label: Labelling, width = WIDTH, height = HEIGHT): Promise<void> {
	await writeFile(path, encode({ data: draw(label, width, height), width, height, channels: 1, depth: 8 }));
}

/** A photograph whose parts have colours of their own. */
async function writePhotograph(path: string, label: Labelling): Promise<void> {
	const colors = [
		[20, 20, 30],
		[220, 60, 40],
		[30, 90, 200],
	];
	const data = Uint8Array.from([...draw(label)].flatMap((id) => colors[id]));
	await sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toFile(path);
}

/** Two photographs with two annotators each, and label maps of which one is perfect. */
async function writeRegions(sandbox: Sandbox): Promise<void> {
	for (const folder of ["gt", "photos", "pred/a"]) {
		await mkdir(sandbox.path(folder), { recursive: true });
	}
	for (const [id, label] of [
		["a", left],
		["b", top],
	] as const) {
		await writePhotograph(sandbox.path(`photos/${id}.png`), label);
		await writeTruth(sandbox.path(`gt/${id}.gt1.png`), label);
		await writeTruth(sandbox.path(`gt/${id}.gt2.png`), (x, y) => label(x, y) * 40);
		const map = { data: draw((x, y) => left(x, y) - 1), width: WIDTH, height: HEIGHT, count: 2 };
		await writeFile(sandbox.path(id === "a" ? "pred/a/labels.png" : "pred/b.png"), encodeLabelPng(map));
	}
}

const BSDS = ["evaluate", "--truth", "gt", "--dataset", "bsds"];

describe("dinoseg evaluate", () => {
	it("scores results that are there, as a table and with progress apart from it", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		const { code, stdout, stderr } = await sandbox.dinoseg(...BSDS, "--pred", "pred");
		expect(code, stderr).toBe(0);
		expect(stdout).toMatch(/^bsds: 2 images, 4 annotations, regions, no label ignored$/m);
		// One is perfect, the other cuts across: each half covers a third.
		expect(stdout).toMatch(/^covering +0\.667$/m);
		expect(stdout).toMatch(/^variation of information, bits \(less is better\) +1\.000$/m);
		// Of b, the lines meet in three pixels: 246 of all 560 pixels that were drawn are found.
		expect(stdout).toMatch(/^boundary recall +0\.509 +0\.439$/m);
		expect(stdout).toMatch(/^boundary F +0\.511 +0\.473$/m);
		expect(stdout).not.toContain("IoU");
		expect(stderr).toMatch(/\[1\/2\] a → covering 1\.000/);
		expect(stderr).toContain("2 images: 2 scored, 0 failed");
		expect((await readdir(sandbox.folder)).sort()).toEqual(["gt", "photos", "pred"]);
	});

	it("prints one JSON document with every image", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		const result = await sandbox.dinoseg(...BSDS, "--pred", "pred", "--json", "--quiet");
		expect(result).toMatchObject({ code: 0, stderr: "" });
		const document = JSON.parse(result.stdout);
		expect(document).toMatchObject({
			schema: "dinoseg-evaluation/1",
			dataset: "bsds",
			kind: "regions",
			ignoreLabel: null,
			model: null,
			options: null,
			seeds: null,
			summary: { images: 2, failed: 0, mean: { segments: { mean: 2, sd: null } } },
		});
		expect(document.images.map((image: { id: string }) => image.id)).toEqual(["a", "b"]);
		expect(document.images[0]).toMatchObject({ status: "done", annotators: 2, scores: { covering: 1, boundaryF: 1 } });
		expect(document.images[1].scores.covering).toBeCloseTo(1 / 3, 12);
		expect(document.summary.together).toHaveProperty("boundaryF");
	});

	it("segments photographs with several seeds, and finds what differs in colour", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		const given = [...BSDS, "--images", "photos", "--seeds", "3", "--seed", "5", "--json", ...QUICK];
		const result = await sandbox.dinoseg(...given);
		expect(result.code, result.stderr).toBe(0);
		const document = JSON.parse(result.stdout);
		expect(document).toMatchObject({
			seeds: [5, 6, 7],
			model: { name: "tiny", dtype: "fp32" },
			options: { clusters: 2, inputSize: 112 },
		});
		expect(document.images[0].bySeed.map(({ seed }: { seed: number }) => seed)).toEqual([5, 6, 7]);
		expect(document.summary.mean.covering.mean).toBeGreaterThan(0.7);
		expect(document.summary.mean.covering.sd).toBeGreaterThanOrEqual(0);
		const again = await sandbox.dinoseg(...given, "--concurrency", "1", "--quiet");
		expect(again.stdout).toBe(result.stdout);
	});

	it("scores all cuts of a region tree", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		const regions = [...BSDS, "--images", "photos", "--segments", "regions", "--input-size", "112", "--quiet"];
		const shown = await sandbox.dinoseg(...regions, "--tree", "--report", "report");
		expect(shown.code, shown.stderr).toBe(0);
		expect(shown.stdout).toContain("tiny in fp32, regions, k = auto (detail 50), input size 112");
		expect(shown.stdout).toMatch(/^all cuts of the tree +one detail for all \(ODS\) .*OIS.* the best nodes$/m);
		expect(shown.stdout).toMatch(/^covering +[01]\.\d{3} at \d+ +[01]\.\d{3} +[01]\.\d{3}$/m);
		expect(await readFile(sandbox.path("report/index.html"), "utf8")).toContain("all cuts of the tree");
		const { summary, seeds } = JSON.parse((await sandbox.dinoseg(...regions, "--tree", "--json")).stdout);
		expect(seeds).toEqual([0]);
		const { ods, ois, bestCovering } = summary.cuts;
		expect(ois.covering).toBeGreaterThanOrEqual(ods.covering.value);
		expect(bestCovering).toBeGreaterThanOrEqual(ois.covering);
		const { detail, value } = ods.covering;
		const alone = await sandbox.dinoseg(...regions, "--detail", `${detail}`, "--json");
		expect(JSON.parse(alone.stdout).summary.mean.covering.mean).toBe(value);
		expect(JSON.parse(alone.stdout).summary).not.toHaveProperty("cuts");
	});

	it("scores results as it scores the photographs that they came from", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		expect((await sandbox.dinoseg("segment", "photos", "-o", "out", "--quiet", ...QUICK)).code).toBe(0);
		const scoresOf = async (...flags: string[]) => {
			const { stdout } = await sandbox.dinoseg(...BSDS, ...flags, "--json", "--quiet");
			return JSON.parse(stdout).images.map(({ scores }: { scores: unknown }) => scores);
		};
		expect(await scoresOf("--pred", "out")).toEqual(await scoresOf("--images", "photos", ...QUICK));
	});

	it("matches classes and leaves ignored pixels out, as the data set or --ignore says", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("gt"));
		await mkdir(sandbox.path("pred"));
		// A quarter is void, and there the label map is wrong.
		const truth: Labelling = (x, y) => (x < 40 ? 255 : top(x, y));
		const map = { data: draw((x, y) => (x < 40 ? 2 : top(x, y) - 1)), width: WIDTH, height: HEIGHT, count: 3 };
		await writeTruth(sandbox.path("gt/a.png"), truth);
		await writeFile(sandbox.path("pred/a.png"), encodeLabelPng(map));
		const evaluate = (...flags: string[]) =>
			sandbox.dinoseg("evaluate", "--truth", "gt", "--pred", "pred", "--quiet", ...flags);
		const voc = await evaluate("--dataset", "voc");
		expect(voc.stdout).toContain("classes, label 255 ignored");
		expect(voc.stdout).toMatch(/^mean IoU, one-to-one +1\.000 +1\.000$/m);
		expect(voc.stdout).toContain("only where ids are shared by the images");
		const generic = await evaluate("--dataset", "generic", "--ignore", "1", "--json");
		expect(JSON.parse(generic.stdout)).toMatchObject({
			ignoreLabel: 1,
			summary: { mean: { meanIouOneToOne: { mean: 1 }, segments: { mean: 3 } } },
		});
		const all = await evaluate("--dataset", "voc", "--ignore", "none", "--json");
		expect(JSON.parse(all.stdout).ignoreLabel).toBeNull();
		await writeTruth(sandbox.path("gt/a.png"), () => 255);
		const nothing = await evaluate("--dataset", "voc");
		expect(nothing).toMatchObject({ code: 0, stdout: expect.stringMatching(/^covering +–$/m) });
		expect(JSON.parse((await evaluate("--dataset", "voc", "--json")).stdout).images[0].scores.covering).toBeNull();
	});

	it("names each image that fails, and scores the others", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		await writeTruth(sandbox.path("gt/absent.gt1.png"), left);
		await writeTruth(sandbox.path("gt/narrow.gt1.png"), () => 1, HEIGHT, WIDTH);
		await writeFile(sandbox.path("gt/torn.gt1.png"), "no picture");
		await sharp(sandbox.path("photos/a.png")).toFile(sandbox.path("gt/colour.gt1.png"));
		const map = { data: draw(left), width: WIDTH, height: HEIGHT, count: 3 };
		for (const id of ["narrow", "torn", "colour"]) {
			await writeFile(sandbox.path(`pred/${id}.png`), encodeLabelPng(map));
		}
		const { code, stdout, stderr } = await sandbox.dinoseg(...BSDS, "--pred", "pred", "--json");
		expect(code).toBe(1);
		expect(stderr).toContain("absent/labels.png and absent.png");
		expect(stderr).toContain("narrow: annotation 1 must be as large as the segmentation (160 x 120), got 120 x 160");
		expect(stderr).toMatch(/torn\.gt1\.png: expected an intact PNG/);
		expect(stderr).toMatch(/colour\.gt1\.png: expected a PNG of one channel.*3 channel/);
		const document = JSON.parse(stdout);
		expect(document.summary).toMatchObject({ images: 2, failed: 4 });
		expect(document.images.map((image: { error?: { code: string } }) => image.error?.code)).toEqual([
			undefined,
			"INPUT_NOT_FOUND",
			undefined,
			"IMAGE_UNSUPPORTED",
			"SHAPE_MISMATCH",
			"IMAGE_CORRUPT",
		]);
	});

	it("writes a report with the best and the worst images, which needs nothing from elsewhere", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		const given = [...BSDS, "--images", "photos", "--report", "reports/first", "--repair", "--median", "3", ...QUICK];
		const { code, stderr } = await sandbox.dinoseg(...given);
		expect(code, stderr).toBe(0);
		expect(stderr).toContain("report → reports/first/index.html");
		const names = ["best-1", "worst-1"].flatMap((name) =>
			["photograph", "segmentation", "truth"].map((role) => `${name}-${role}.jpg`),
		);
		expect((await readdir(sandbox.path("reports/first"))).sort()).toEqual([...names, "index.html"].sort());
		for (const name of names) {
			const { width, height } = await sharp(sandbox.path("reports/first", name)).metadata();
			expect([width, height]).toEqual([WIDTH, HEIGHT]);
		}
		const page = await readFile(sandbox.path("reports/first/index.html"), "utf8");
		expect([...page.matchAll(/<img src="([^"]+)"/g)].map(([, file]) => file).sort()).toEqual(names.sort());
		expect(page).not.toMatch(/<script|https?:|url\(|NaN|undefined/);
		expect(page).toContain("tiny in fp32, clusters, k = 2, input size 112, --median 3 --repair");

		const refused = await sandbox.dinoseg(...given, "--quiet");
		expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/holds a report.*--force/) });
		expect((await sandbox.dinoseg(...given, "--quiet", "-f")).code).toBe(0);
	});

	it("shows label maps alone where there are no photographs, and any id as text", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("gt"));
		await mkdir(sandbox.path("pred"));
		const id = '<b>"x" & y';
		await writeTruth(sandbox.path(`gt/${id}.png`), left);
		const map = { data: draw(top), width: WIDTH, height: HEIGHT, count: 3 };
		await writeFile(sandbox.path(`pred/${id}.png`), encodeLabelPng(map));
		const flags = ["--truth", "gt", "--dataset", "generic", "--pred", "pred", "--report", "report", "--quiet"];
		expect((await sandbox.dinoseg("evaluate", ...flags)).code).toBe(0);
		expect((await readdir(sandbox.path("report"))).sort()).toEqual([
			"best-1-segmentation.png",
			"best-1-truth.png",
			"index.html",
		]);
		const page = await readFile(sandbox.path("report/index.html"), "utf8");
		expect(page).toContain("&lt;b&gt;&quot;x&quot; &amp; y");
		expect(page).not.toContain("<b>");
	});

	it("ends by the signal when it is interrupted, and leaves no file", async () => {
		await using sandbox = await createSandbox();
		await writeRegions(sandbox);
		// Its lack of contrast is told while the first seed goes on.
		await writeFile(
			sandbox.path("photos/a.png"),
			await sharp(sandbox.path("photos/a.png")).linear(0.05, 100).toBuffer(),
		);
		const { child, ended } = sandbox.start([...BSDS, "--images", "photos", "--seeds", "100", "--no-cache"]);
		child.stderr?.once("data", () => child.kill("SIGINT"));
		expect(await ended).toMatchObject({ code: null, signal: "SIGINT", stdout: "" });
		expect((await readdir(sandbox.folder)).sort()).toEqual(["gt", "photos", "pred"]);
	});

	it("says which names it looked for in a folder without truth", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("gt"));
		const result = await sandbox.dinoseg(...BSDS, "--pred", "gt");
		expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("<id>.gt<k>.png") });
	});
});

describe("dinoseg evaluate of a wrong command line", () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await createSandbox();
		await writeRegions(sandbox);
	});

	afterAll(() => sandbox[Symbol.asyncDispose]());

	it.each(["gt", "gt/report", "photos/../gt/report"])("refuses a report in %s, among the truth", async (folder) => {
		const result = await sandbox.dinoseg(...BSDS, "--pred", "pred", "--report", folder);
		expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/--report must not lie/) });
	});

	it.each([
		["an unknown data set", ["--dataset", "ade"], /bsds, camvid, coco, voc, generic/],
		["neither results nor photographs", [], /Give --pred .* or --images/],
		["both", ["--pred", "pred", "--images", "photos"], /'--pred <folder>' cannot be used with option '--images/],
		["seeds of results", ["--pred", "pred", "--seeds", "5"], /'--seeds <count>' cannot be used with option '--pred/],
		[
			"a flag that results do not need",
			["--pred", "pred", "-k", "5"],
			/'-k, --clusters <count\|auto\|range>' cannot be used/,
		],
		["cuts of results", ["--pred", "pred", "--tree"], /'--tree' cannot be used with option '--pred/],
		["cuts of clusters", ["--images", "photos", "--tree"], /--tree .* Add --segments regions/],
		[
			"seeds of regions",
			["--images", "photos", "--segments", "regions", "--seeds", "2"],
			/--seeds 2 decides nothing with --segments regions/,
		],
		["no seed", ["--images", "photos", "--seeds", "0"], /--seeds must be an integer from 1 to 100, got 0/],
		["a seed beyond the last", ["--images", "photos", "--seed", "4294967295", "--seeds", "2"], /--seed must be/],
		["--force without a report", ["--pred", "pred", "-f"], /--force replaces a report, but there is no --report/],
		["a report in no folder", ["--pred", "pred", "--report", ""], /It is an empty text/],
		["no label", ["--pred", "pred", "--ignore", "void"], /--ignore must be a number, got "void"/],
		["a layer that the model has not", ["--images", "photos", "--layer", "99"], /--layer/],
	])("%s exits 2", async (_name, flags, message) => {
		const result = await sandbox.dinoseg(...BSDS, ...flags);
		expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
	});
});
