import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng } from "@dinoseg/core/labels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { filesOf, idsOf, MAP, writeResults } from "./export-results.ts";
import { createSandbox, examplePath } from "./harness.ts";

describe("dinoseg export, a picture for each segment", () => {
	it("cuts segments out of the photographs, cropped or not", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("photos/sub"), { recursive: true });
		await copyFile(examplePath("cat.jpg"), sandbox.path("photos/sub/cat.jpg"));
		const segment = ["segment", "photos", "--input-size", "224", "-k", "3", "--quiet"];
		expect((await sandbox.dinoseg(...segment)).code).toBe(0);
		await writeFile(sandbox.path("names.csv"), "id,name\n1,../the cat: <A>\n");
		const cutouts = ["export", "out", "--format", "cutouts", "--images", "photos", "--names", "names.csv"];
		const run = await sandbox.dinoseg(...cutouts);
		expect(run, run.stderr).toMatchObject({ code: 0 });
		const names = ["sub/cat/0.png", "sub/cat/1-the-cat-A.png", "sub/cat/2.png"];
		expect(await filesOf(sandbox.path("out/cutouts"))).toEqual(names);
		const full = await sandbox.dinoseg(...cutouts, "--full-size", "--pick", "../the cat: <A>, 2", "-o", "full");
		expect(full, full.stderr).toMatchObject({ code: 0 });
		expect(await filesOf(sandbox.path("full"))).toEqual(names.slice(1));

		const labels = decodeLabelPng(await readFile(sandbox.path("out/sub/cat/labels.png")));
		const photograph = await sharp(examplePath("cat.jpg")).removeAlpha().raw().toBuffer();
		const document = JSON.parse(await readFile(sandbox.path("out/sub/cat/segments.json"), "utf8"));
		for (const [id, name] of [...names.entries()].slice(1)) {
			const { data, info } = await sharp(sandbox.path("full", name)).raw().toBuffer({ resolveWithObject: true });
			expect(info).toMatchObject({ width: labels.width, height: labels.height, channels: 4 });
			const expected = Buffer.alloc(data.length);
			for (const [at, label] of labels.data.entries()) {
				if (label === id) {
					photograph.copy(expected, at * 4, at * 3, at * 3 + 3);
					expected[at * 4 + 3] = 255;
				}
			}
			expect(data.equals(expected)).toBe(true);
			const [left, top, width, height] = document.segments[id].bbox;
			const box = await sharp(data, { raw: info }).extract({ left, top, width, height }).raw().toBuffer();
			const cropped = await sharp(sandbox.path("out/cutouts", name)).raw().toBuffer({ resolveWithObject: true });
			expect(cropped.info).toMatchObject({ width, height, channels: 4 });
			expect(cropped.data.equals(box)).toBe(true);
		}
	});

	it.each([
		["voc", "JPEGImages"],
		["yolo", "images"],
	])("puts the photographs into data sets of %s, upright", async (format, folder) => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("photos/sub"), { recursive: true });
		const turned = sharp(examplePath("cat.jpg")).withMetadata({ orientation: 6 });
		await turned.png().toFile(sandbox.path("photos/sub/cat.png"));
		expect((await sandbox.dinoseg("segment", "photos", "--input-size", "112", "--quiet")).code).toBe(0);
		const run = await sandbox.dinoseg("export", "out", "--format", format, "--images", "photos", "-o", "set");
		expect(run, run.stderr).toMatchObject({ code: 0 });
		const jpeg = sharp(sandbox.path("set", folder, "sub/cat.jpg"));
		const { width, height } = decodeLabelPng(await readFile(sandbox.path("out/sub/cat/labels.png")));
		const metadata = await jpeg.metadata();
		expect(metadata).toMatchObject({ format: "jpeg", width, height });
		expect(metadata.orientation).toBeUndefined();
		const written = await jpeg.raw().toBuffer();
		const upright = await sharp(sandbox.path("photos/sub/cat.png")).rotate().removeAlpha().raw().toBuffer();
		const difference = written.reduce((sum, value, at) => sum + Math.abs(value - upright[at]), 0);
		expect(difference / written.length).toBeLessThan(2);
	});

	it.each([["yolo"], ["labelme"], ["coco", "--polygons"]])("says that %s fills holes", async (...format) => {
		await using sandbox = await createSandbox();
		const data = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
		await writeResults(sandbox, { a: { data, width: 3, height: 3, count: 2 } });
		const run = await sandbox.dinoseg("export", "out", "--format", ...format);
		expect(run.code).toBe(0);
		expect(run.stderr).toContain("1 hole(s) are filled");
	});

	it("lists what there is where nothing bears the picked id or name", async () => {
		await using sandbox = await createSandbox();
		await writeResults(sandbox, { a: MAP });
		for (const pick of ["99", "sky", "0,sky"]) {
			const run = await sandbox.dinoseg("export", "out", "--format", "masks", "--pick", pick);
			expect(run.code).toBe(1);
			const listed = idsOf(MAP).map((id) => `${id} "segment-${id}"`);
			expect(run.stderr).toContain(
				`--pick must name segments by id or name, got "${pick.split(",").at(-1)}"; there are ${listed.join(", ")}.`,
			);
			expect(await filesOf(sandbox.path("out"))).toEqual(["a/labels.png", "a/segments.json"]);
		}
	});
});
