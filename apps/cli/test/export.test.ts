import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { decodeLabelPng, EXPORT_FORMATS } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES, type ExportFormatName } from "@dinoseg/core/labels/formats";
import { parse } from "csv-parse/browser/esm/sync";
import { describe, expect, it } from "vitest";
import { writeManyResults } from "../../../fixtures/many-results.ts";
import { exists, FORMATS_OF_RESULTS, filesOf, idsOf, MAP, TWO, writeResults } from "./export-results.ts";
import { createSandbox, examplePath } from "./harness.ts";

/** What is written where no `-o` is given. */
const DEFAULT_FILES: Readonly<Record<Exclude<ExportFormatName, "cutouts">, readonly string[]>> = {
	masks: [
		...idsOf(TWO.a).map((id) => `masks/a/${id}.png`),
		...idsOf(TWO["sub/b"]).map((id) => `masks/sub/b/${id}.png`),
	],
	coco: ["coco.json"],
	yolo: ["yolo/data.yaml", "yolo/labels/a.txt", "yolo/labels/sub/b.txt"],
	labelme: ["labelme/a.json", "labelme/labels.txt", "labelme/sub/b.json"],
	"label-studio": ["label-studio/label-config.xml", "label-studio/tasks.json"],
	cvat: ["cvat.zip", "cvat.zip.labels.json"],
	"cvat-xml": ["cvat.xml", "cvat.xml.labels.json"],
	voc: [
		"voc/ImageSets/Segmentation/default.txt",
		"voc/ImageSets/Segmentation/train.txt",
		"voc/SegmentationClass/a.png",
		"voc/SegmentationClass/sub/b.png",
		"voc/SegmentationObject/a.png",
		"voc/SegmentationObject/sub/b.png",
		"voc/labelmap.txt",
	],
	geojson: ["a/segments.geojson", "sub/b/segments.geojson"],
	svg: ["a/segments.svg", "sub/b/segments.svg"],
	tiff: ["a/labels.tif", "sub/b/labels.tif"],
	npy: ["a/labels.npy", "sub/b/labels.npy"],
	csv: ["segments.csv"],
};

describe("dinoseg export", () => {
	it.each(FORMATS_OF_RESULTS)("writes %s beside the results, and nothing twice", async (format) => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		const before = await filesOf(sandbox.path("out"));
		const first = await sandbox.dinoseg("export", "out", "--format", format);
		expect(first).toMatchObject({ code: 0, stdout: "" });
		expect(first.stderr).toContain("2 results: 2 exported, 0 failed");
		const added = (await filesOf(sandbox.path("out"))).filter((file) => !before.includes(file));
		expect(added).toEqual(DEFAULT_FILES[format]);

		const read = () => Promise.all(added.map((file) => readFile(sandbox.path("out", file))));
		const bytes = await read();
		const second = await sandbox.dinoseg("export", "out", "--format", format);
		expect(second.code).toBe(1);
		expect(second.stderr).toContain("is there already. Use --force");
		expect(await read()).toEqual(bytes);
		const forced = await sandbox.dinoseg("export", "out", "--format", format, "--force", "--quiet");
		expect(forced).toMatchObject({ code: 0, stderr: "" });
		expect(await read()).toEqual(bytes);
		expect(await filesOf(sandbox.path("out"))).toEqual([...before, ...added].sort());
	});

	it.each(FORMATS_OF_RESULTS)("writes %s to where it is told", async (format) => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		const many = await sandbox.dinoseg("export", "out", "--format", format, "-o", "new/folder/x");
		expect(many.code).toBe(0);
		const one = await sandbox.dinoseg("export", "out/a", "--format", format, "-o", "one/y");
		expect(one.code).toBe(0);
		expect(await filesOf(sandbox.path("out"))).toHaveLength(4);
		const isFolder = ["masks", "yolo", "labelme", "label-studio", "voc"].includes(format);
		const beside = ["cvat", "cvat-xml"].includes(format) ? ["y.labels.json"] : [];
		expect((await readdir(sandbox.path("one"))).sort()).toEqual(["y", ...beside]);
		expect((await filesOf(sandbox.path("one"))).length > 1 + beside.length).toBe(isFolder);
		const { holds, fileName } = EXPORT_FORMATS[format];
		if (holds === "image") {
			const ending = fileName.split(".")[1];
			expect(await filesOf(sandbox.path("new"))).toEqual([`folder/x/a.${ending}`, `folder/x/sub/b.${ending}`]);
			await rm(sandbox.path("out/sub"), { recursive: true });
			await sandbox.dinoseg("export", "out", "--format", format, "-o", "still a folder");
			expect(await readdir(sandbox.path("still a folder"))).toEqual([`a.${ending}`]);
		}
	});

	it.each(FORMATS_OF_RESULTS)("writes %s into the folder that a path with a slash at its end names", async (format) => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		for (const results of ["out/a", "out"]) {
			await rm(sandbox.path("new"), { recursive: true, force: true });
			const run = await sandbox.dinoseg("export", results, "--format", format, "-o", "new/");
			expect(run, run.stderr).toMatchObject({ code: 0 });
			const { holds, fileName } = EXPORT_FORMATS[format];
			const first =
				{ masks: "a", yolo: "data.yaml", labelme: "labels.txt", "label-studio": "tasks.json", voc: "labelmap.txt" }[
					format as string
				] ?? fileName;
			expect(await readdir(sandbox.path("new"))).toContain(holds === "image" ? `a.${fileName.split(".")[1]}` : first);
		}
	});

	it("leaves no new folders where a file could not be written", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { ["x".repeat(250)]: MAP });
		const run = await sandbox.dinoseg("export", "out", "--format", "geojson", "-o", "new/");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("the name is too long");
		expect(await exists(sandbox.path("new"))).toBe(false);
	});

	it("exports what segment wrote, pixel for pixel", async () => {
		await using sandbox = await createSandbox();
		const segmented = await sandbox.dinoseg("segment", examplePath("cat.jpg"), "--input-size", "224", "--quiet");
		expect(segmented.code).toBe(0);
		expect((await sandbox.dinoseg("export", "out", "--format", "npy", "--quiet")).code).toBe(0);
		const { data, width, height } = decodeLabelPng(await readFile(sandbox.path("out/cat/labels.png")));
		const npy = await readFile(sandbox.path("out/cat/labels.npy"));
		expect(npy.toString("latin1", 0, 128)).toContain(`'shape': (${height}, ${width})`);
		expect(npy.subarray(npy.length - data.length).equals(data as Uint8Array)).toBe(true);
	});

	it("measures the colours of connected regions in the photographs", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("photos"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("photos/cat.jpg"));
		expect((await sandbox.dinoseg("segment", "photos", "--input-size", "224", "--quiet")).code).toBe(0);
		const flags = ["--format", "csv", "--split-regions", "--images"];
		const run = await sandbox.dinoseg("export", "out", ...flags, "photos");
		expect(run).toMatchObject({ code: 0 });
		const rows: string[][] = parse(await readFile(sandbox.path("out/segments.csv"), "utf8"), { from_line: 2 });
		expect(rows.length).toBeGreaterThan(0);
		expect(rows.every((row) => /^#[0-9a-f]{6}$/.test(row.at(-1) as string))).toBe(true);

		await copyFile(examplePath("coffee.jpg"), sandbox.path("photos/cat.jpg"));
		const other = await sandbox.dinoseg("export", "out", ...flags, "photos", "-f");
		expect(other.code).toBe(1);
		expect(other.stderr).toContain("photos/cat.jpg: is not the picture that was segmented");
		expect(await readFile(sandbox.path("out/segments.csv"), "utf8")).toContain("cat.jpg");
	});

	it.each(["COCO", "Coco", "YOLO", "Label-Studio"])("takes %s for the format that it is", async (name) => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { a: MAP });
		const run = await sandbox.dinoseg("export", "out", "--format", name);
		expect(run, run.stderr).toMatchObject({ code: 0 });
		const format = name.toLowerCase() as ExportFormatName;
		expect(run.stderr).toContain(`${format} → out/${EXPORT_FORMATS[format].fileName}\n`);
	});

	it("warns once that GeoJSON of plain photographs is in pixels", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		const run = await sandbox.dinoseg("export", "out", "--format", "geojson");
		expect(run.code).toBe(0);
		expect(run.stderr.match(/warning/g)).toHaveLength(1);
		expect(run.stderr).toContain("warning out: GeoJSON: the coordinates of 2 image(s) are pixels, y down");
		const quiet = await sandbox.dinoseg("export", "out", "--format", "geojson", "--quiet", "--force");
		expect(quiet).toMatchObject({ code: 0, stderr: "" });
	});

	it("replaces no labels of CVAT that are there, unless forced", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		const labels = sandbox.path("out/cvat.zip.labels.json");
		await writeFile(labels, "mine");
		const run = await sandbox.dinoseg("export", "out", "--format", "cvat");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("out/cvat.zip.labels.json: is there already. Use --force");
		expect(await exists(sandbox.path("out/cvat.zip"))).toBe(false);
		expect(await readFile(labels, "utf8")).toBe("mine");
		const forced = await sandbox.dinoseg("export", "out", "--format", "cvat", "--force");
		expect(forced).toMatchObject({ code: 0 });
		expect(forced.stderr).toContain("cvat → out/cvat.zip, out/cvat.zip.labels.json\n");
		expect(JSON.parse(await readFile(labels, "utf8"))).toHaveLength(6);
	});

	it("names what cannot be exported, and exports the others", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { ...TWO, c: MAP });
		await writeFile(sandbox.path("out/c/segments.json"), "{}");
		const run = await sandbox.dinoseg("export", "out", "--format", "coco", "--json");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("error out/c/segments.json: ");
		expect(JSON.parse(run.stdout).results).toMatchObject([
			{ input: "out/a", output: "out/coco.json", status: "done" },
			{ input: "out/c", output: null, status: "failed", error: { code: "RESULT_INVALID" } },
			{ input: "out/sub/b", output: "out/coco.json", status: "done" },
		]);
		const coco = JSON.parse(await readFile(sandbox.path("out/coco.json"), "utf8"));
		expect(coco.images.map((image: { file_name: string }) => image.file_name)).toEqual(["a.jpg", "sub/b.jpg"]);
	});

	it("writes nothing where nothing can be exported", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { a: MAP });
		await writeFile(sandbox.path("out/a/labels.png"), "no picture");
		for (const format of ["coco", "voc", "cvat", "svg"]) {
			const run = await sandbox.dinoseg("export", "out", "--format", format, "-o", "new/deep/x");
			expect(run.code).toBe(1);
			expect(run.stderr).toContain("labels.png");
			expect(await exists(sandbox.path("new"))).toBe(false);
			expect(await filesOf(sandbox.path("out"))).toEqual(["a/labels.png", "a/segments.json"]);
		}
	});

	it("says in its help what every format is for", async () => {
		await using sandbox = await createSandbox();
		const { stdout } = await sandbox.dinoseg("export", "--help");
		for (const format of EXPORT_FORMAT_NAMES) {
			expect(stdout).toContain(`  ${EXPORT_FORMATS[format].description}\n`);
		}
	});

	it.each([
		[
			["--format", "coco", "--simplify", "1"],
			"--simplify means nothing for the run lengths of --format coco. Add --polygons",
		],
		[["--format", "npy", "--split-regions"], "--split-regions means nothing for --format npy"],
		[
			["--format", "svg", "--image-prefix", "x"],
			"--image-prefix means nothing for --format svg; it is for label-studio",
		],
		[
			["--format", "csv", "--images", "photos"],
			"--images is for --format cutouts, voc and yolo, and for --format csv with",
		],
		[["--format", "cutouts"], "--format cutouts needs the photographs"],
		[["--format", "coco", "--pick", "1"], "--pick means nothing for --format coco; it is for masks, cutouts"],
		[["--format", "masks", "--full-size"], "--full-size means nothing for --format masks; it is for cutouts"],
		[["--format", "masks", "--pick", "1,,2"], "ids or names with commas between them"],
		[["--format", "jpeg"], "Allowed choices are masks, cutouts, coco, yolo, labelme, label-studio"],
		[["--format", "svg", "--simplify", "-1"], "from 0 to 1000"],
		[["--format", "svg", "-o", ""], "empty text"],
		[[], "required option '--format <name>' not specified"],
	])("refuses %j", async (flags, message) => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { a: MAP });
		const run = await sandbox.dinoseg("export", "out", ...flags);
		expect(run.code).toBe(2);
		expect(run.stderr).toContain(message);
	});

	it("tells in JSON, too, that the whole export failed", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { ...TWO, c: MAP });
		await writeFile(sandbox.path("out/c/segments.json"), "{}");
		await writeFile(sandbox.path("out/coco.json"), "mine");
		const taken = await sandbox.dinoseg("export", "out", "--format", "coco", "--json");
		expect(taken.code).toBe(1);
		expect(JSON.parse(taken.stdout).results).toMatchObject([
			{ input: "out", output: null, status: "failed", error: { code: "OUTPUT_EXISTS" } },
		]);
		await writeFile(sandbox.path("out/a/segments.json"), "{}");
		await writeFile(sandbox.path("out/sub/b/segments.json"), "{}");
		const broken = await sandbox.dinoseg("export", "out", "--format", "csv", "--json");
		expect(broken.code).toBe(1);
		const told = JSON.parse(broken.stdout).results as { input: string; status: string }[];
		expect(told.map(({ input, status }) => `${input} ${status}`)).toEqual([
			"out/a failed",
			"out/c failed",
			"out/sub/b failed",
			"out failed",
		]);
	});

	it("tells when there is nothing to export", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("out"));
		const run = await sandbox.dinoseg("export", "out", "--format", "coco");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("out: holds no results: looked for segments.json");
	});

	it("leaves nothing behind when it is interrupted", async () => {
		await using sandbox = await createSandbox();
		await writeManyResults(sandbox.path("out"), 500);
		const { child, ended } = sandbox.start(["export", "out", "--format", "voc", "-o", "target/voc"]);
		await expect
			.poll(async () => (await readdir(sandbox.path("target")).catch(() => [])).length, { timeout: 30_000 })
			.toBeGreaterThan(0);
		child.kill("SIGINT");
		expect((await ended).signal).toBe("SIGINT");
		expect(await readdir(sandbox.path("target")).catch(() => [])).toEqual([]);
	});
});
