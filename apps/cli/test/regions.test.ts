import { readdir, readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const image = examplePath("coffee.jpg");
const REGIONS = ["--segments", "regions", "--input-size", "224", "--quiet"];
const FILES = ["borders.png", "confidence.png", "figure.png", "labels.png", "overlay.png", "segments.json"];

async function segment(sandbox: Sandbox, output: string, ...flags: string[]) {
	const run = await sandbox.dinoseg("segment", image, "-o", output, ...REGIONS, ...flags);
	expect(run.code, run.stderr).toBe(0);
	const read = (name: string) => readFile(sandbox.path(output, "coffee", name));
	return {
		read,
		labels: decodeLabelPng(await read("labels.png")),
		document: parseSegments((await read("segments.json")).toString()),
	};
}

describe("dinoseg segment --segments regions", () => {
	it("writes one more file than clusters have, and says how many regions a detail gave", async () => {
		await using sandbox = await createSandbox();
		const { labels, document } = await segment(sandbox, "out");
		expect((await readdir(sandbox.path("out/coffee"))).sort()).toEqual(FILES);
		expect(document.options).toMatchObject({ segments: "regions", clusters: "auto", detail: 50 });
		expect(document.k).toMatchObject({ requested: "auto", used: labels.count, criterion: "detail" });
		expect(document.segments.map(({ id }) => id)).toEqual(Array.from({ length: labels.count }, (_, id) => id));
		const { channels, width, height } = await sharp(sandbox.path("out/coffee/borders.png")).metadata();
		expect({ channels, width, height }).toEqual({ channels: 1, width: labels.width, height: labels.height });

		const replaced = await sandbox.dinoseg("segment", image, "-f", "--input-size", "224", "--quiet");
		expect(replaced.code, replaced.stderr).toBe(0);
		expect(await readdir(sandbox.path("out/coffee"))).not.toContain("borders.png");
	});

	it("refines the same regions with a greater detail or number", async () => {
		await using sandbox = await createSandbox();
		const coarse = await segment(sandbox, "coarse", "-k", "4");
		const fine = await segment(sandbox, "fine", "--detail", "70");
		expect(coarse.document.k).toMatchObject({ requested: 4, used: 4, criterion: null, curve: null });
		expect(coarse.labels.count).toBe(4);
		expect(fine.labels.count).toBeGreaterThan(10);
		const parents = new Map(Array.from(fine.labels.data, (id, at) => [id, coarse.labels.data[at]]));
		expect(fine.labels.data.every((id, at) => parents.get(id) === coarse.labels.data[at])).toBe(true);
		expect([0, 1, 2, 3].map((id) => parents.get(id))).toEqual([0, 1, 2, 3]);
		expect((await fine.read("borders.png")).equals(await coarse.read("borders.png"))).toBe(true);
	});

	it("sweeps over numbers of regions, and names and exports them", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("names.csv"), "id,name,color\n0,table,#112233\n");
		const { document } = await segment(sandbox, "out", "--sweep", "2..5", "--names", "names.csv");
		expect(document.segments[0]).toMatchObject({ id: 0, name: "table", color: "#112233" });
		expect((await readdir(sandbox.path("out/coffee"))).sort()).toEqual([...FILES, "sweep.png"].sort());
		const exported = await sandbox.dinoseg("export", "out", "--format", "coco", "-o", "coco.json", "--quiet");
		expect(exported.code, exported.stderr).toBe(0);
		const { annotations } = JSON.parse(await readFile(sandbox.path("coco.json"), "utf8"));
		expect(annotations).toHaveLength(document.k.used);
	});

	it("takes of a preset what is for regions", async () => {
		await using sandbox = await createSandbox();
		const finer = await segment(sandbox, "finer", "--preset", "paper", "-m", "tiny", "--detail", "60");
		expect(finer.document.options).toMatchObject({ segments: "regions", clusters: "auto", detail: 60, denoise: 0 });
		const five = await segment(sandbox, "five", "--preset", "paper", "-m", "tiny");
		expect(five.document.k).toMatchObject({ requested: 5, used: 5 });
	});

	it.each([
		[["--detail", "60"], /--detail 60 decides nothing with --segments clusters/],
		[["--segments", "regions", "-k", "5", "--detail", "60"], /--detail 60 decides nothing with --clusters 5/],
		[["--segments", "regions", "--smooth", "none"], /--smooth none decides nothing with --segments regions/],
		[["--segments", "regions", "--detail", "101"], /--detail must be a number from 0 to 100, got 101/],
		[["--segments", "parts"], /--segments must be one of clusters, regions, got "?parts/],
	])("refuses %j before any work", async (flags, message) => {
		await using sandbox = await createSandbox();
		const run = await sandbox.dinoseg("segment", "nowhere.jpg", ...flags);
		expect(run.code).toBe(2);
		expect(run.stderr).toMatch(message);
	});
});
