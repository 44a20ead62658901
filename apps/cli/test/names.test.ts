import { readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import { decode } from "fast-png";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

const QUICK = ["--input-size", "224", "-k", "3", "--quiet"];

describe("--names of segment", () => {
	it("puts names and colours into every file of the result", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("names.csv"), 'id,name,color\n1,"cup, saucer",#123456\n0,table,\n9,spoon,#ff00ff\n');
		const run = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "--names", "names.csv");
		expect(run).toMatchObject({ code: 0, stderr: "" });
		const plain = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "-o", "plain");
		expect(plain.code).toBe(0);

		const document = parseSegments(await readFile(sandbox.path("out/coffee/segments.json"), "utf8"));
		expect(document.segments.map(({ name, color }) => [name, color])).toEqual([
			["table", "#e69f00"],
			["cup, saucer", "#123456"],
			["segment-2", "#009e73"],
		]);
		const png = await readFile(sandbox.path("out/coffee/labels.png"));
		expect(decode(png).palette?.[1]).toEqual([0x12, 0x34, 0x56]);
		const ids = async (folder: string) =>
			decodeLabelPng(await readFile(sandbox.path(folder, "coffee/labels.png"))).data;
		expect(await ids("out")).toEqual(await ids("plain"));
		for (const file of ["overlay.png", "figure.png"]) {
			const pixels = (folder: string) =>
				sharp(sandbox.path(folder, "coffee", file))
					.raw()
					.toBuffer();
			expect((await pixels("out")).equals(await pixels("plain")), file).toBe(false);
		}
	});

	it("refuses a broken table before anything is done", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("names.csv"), "id,name\n0,sky\n1,sky\n");
		const run = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "--names", "names.csv");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain('names.csv, line 3: the ids 0 and 1 share the name "sky"');
		const absent = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "--names", "none.csv");
		expect(absent.stderr).toContain("none.csv: no such file");
	});

	it.each([
		["Latin-1", Buffer.from("id,name\n0,M\xfcll\n", "latin1")],
		["UTF-16", Buffer.from("\ufeffid\tname\n0\tM\xfcll\n", "utf16le")],
	])("refuses a table in %s, whose names would come out wrong", async (_, bytes) => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("names.csv"), bytes);
		const run = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "--names", "names.csv");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("names.csv: is not UTF-8. Save it as CSV in UTF-8.");
	});

	it("refuses a name that another segment has", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("names.csv"), "id,name\n0,segment-1\n");
		const run = await sandbox.dinoseg("segment", examplePath("coffee.jpg"), ...QUICK, "--names", "names.csv");
		expect(run.code).toBe(1);
		expect(run.stderr).toContain('the segments 0 and 1 share the name "segment-1"');
	});
});
