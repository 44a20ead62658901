import { readFile, writeFile } from "node:fs/promises";
import { parse } from "csv-parse/browser/esm/sync";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { documentOf, writeStoredResult } from "../../../fixtures/stored-results.ts";
import { exists, FORMATS_OF_RESULTS, MAP, TWO, writeResults } from "./export-results.ts";
import { createSandbox } from "./harness.ts";

describe("names and colours of exports", () => {
	it("uses the same ids, names and colours in every format", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		await writeFile(sandbox.path("names.csv"), 'id,name,color\n0,"sky, <blue>",#0a0b0c\n1,sea,\n3,,#fefefe\n');
		for (const format of FORMATS_OF_RESULTS) {
			const run = await sandbox.dinoseg(
				"export",
				"out",
				"--format",
				format,
				"--names",
				"names.csv",
				"-o",
				`x/${format}`,
			);
			expect(run, run.stderr).toMatchObject({ code: 0 });
		}
		const ids = [...new Set([...MAP.data, ...TWO["sub/b"].data])].sort((a, b) => a - b);
		const documents = documentOf({ data: Uint8Array.from(ids), width: ids.length, height: 1, count: 6 }).segments;
		const expected = documents.map(({ id, name, color }) => {
			const named = ["sky, <blue>", "sea"][id] ?? name;
			return [id, named, { 0: "#0a0b0c", 3: "#fefefe" }[id] ?? color];
		});
		const ofBoth = (rows: readonly (readonly [unknown, unknown, unknown])[]) =>
			[...new Map(rows.map((row) => [Number(row[0]), [Number(row[0]), row[1], row[2]]])).values()].sort(
				(a, b) => Number(a[0]) - Number(b[0]),
			);
		const text = (path: string) => readFile(sandbox.path("x", path), "utf8");
		const hex = (channels: readonly number[]) =>
			`#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
		const labelmap = (content: string) =>
			content
				.split("\n")
				.filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("background:"))
				.map(
					(line, index) =>
						[expected[index][0], line.split(":")[0], hex(line.split(":")[1].split(",").map(Number))] as const,
				);
		const fromXml = (value: string) => value.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

		const coco = JSON.parse(await text("coco"));
		expect(
			ofBoth(
				coco.categories.map((one: { id: number; name: string; color: number[] }) => [
					one.id - 1,
					one.name,
					hex(one.color),
				]),
			),
		).toEqual(expected);
		const config = await text("label-studio/label-config.xml");
		expect(
			[...config.matchAll(/<Label value="([^"]*)" background="([^"]*)"/g)].map(([, name, color], index) => [
				expected[index][0],
				fromXml(name),
				color,
			]),
		).toEqual(expected);
		const zip = unzipSync(await readFile(sandbox.path("x/cvat")));
		expect(labelmap(new TextDecoder().decode(zip["labelmap.txt"]))).toEqual(expected);
		expect(labelmap(await text("voc/labelmap.txt"))).toEqual(expected);
		const xml = await text("cvat-xml");
		expect(
			[...xml.matchAll(/<name>([^<]*)<\/name>\s*<color>([^<]*)<\/color>/g)].map(([, name, color], index) => [
				expected[index][0],
				fromXml(name),
				color,
			]),
		).toEqual(expected);
		for (const file of ["cvat.labels.json", "cvat-xml.labels.json"]) {
			const labels = JSON.parse(await text(file)) as { name: string; color: string }[];
			expect(labels).toEqual(expected.map(([, name, color]) => ({ name, color, type: "mask", attributes: [] })));
		}
		const rows: string[][] = parse(await text("csv"), { columns: false, from_line: 2 });
		expect(ofBoth(rows.map(([, id, name, color]) => [id, name, color]))).toEqual(expected);
		const features = (await Promise.all(["a", "sub/b"].map((name) => text(`geojson/${name}.geojson`)))).flatMap(
			(content) => JSON.parse(content).features as { properties: { id: number; name: string; fill: string } }[],
		);
		expect(ofBoth(features.map(({ properties: { id, name, fill } }) => [id, name, fill]))).toEqual(expected);
		const svg = (await text("svg/a.svg")) + (await text("svg/sub/b.svg"));
		const paths = [
			...svg.matchAll(/<path id="[^"]*" data-id="(\d+)"[^>]*? fill="([^"]*)"[^>]*><title>([^<]*)<\/title>/g),
		];
		expect(ofBoth(paths.map(([, id, color, name]) => [id, fromXml(name), color]))).toEqual(expected);
	});

	it.each(FORMATS_OF_RESULTS)("refuses names and colours that two segments share in %s", async (format) => {
		await using sandbox = await createSandbox();
		const document = documentOf(MAP, "a.jpg");
		const [first, second, ...rest] = document.segments;
		for (const [same, problem] of [
			[{ name: first.name }, 'the segments 0 and 1 share the name "segment-0"'],
			[{ color: first.color }, "the segments 0 and 1 share the colour #e69f00"],
		] as const) {
			const segments = [first, { ...second, ...same }, ...rest];
			await writeStoredResult(sandbox.path("out/a"), MAP, { ...document, segments });
			const run = await sandbox.dinoseg("export", "out", "--format", format, "-o", "new/x");
			expect(run.code).toBe(1);
			expect(run.stderr).toContain(`a.jpg: ${problem}`);
			expect(await exists(sandbox.path("new"))).toBe(false);
		}
	});

	it("keeps images apart whose names mean different things", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, TWO);
		const document = documentOf(MAP, "c.jpg");
		const [first, ...rest] = document.segments;
		await writeStoredResult(sandbox.path("out/c"), MAP, {
			...document,
			segments: [{ ...first, name: "sky" }, ...rest],
		});
		const run = await sandbox.dinoseg("export", "out", "--format", "coco");
		expect(run.code).toBe(1);
		expect(run.stderr).toMatch(/c\.jpg: segment 0 is "sky" .* in another image\. .*--names/);
		await writeFile(sandbox.path("names.csv"), "id,name\n0,sky\n");
		expect((await sandbox.dinoseg("export", "out", "--format", "coco", "--names", "names.csv", "-f")).code).toBe(0);
	});
});
