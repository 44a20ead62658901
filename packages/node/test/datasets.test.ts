import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeLabelPng } from "@dinoseg/core/labels";
import { type DatasetName, findTruth, photographFinder, predictionFinder, readLabels } from "@dinoseg/node/datasets";
import { describe, expect, it } from "vitest";
import { expectError } from "./support/expect-error.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const temporary = useTemporaryFolder();
const shared = fileURLToPath(new URL("../../../../shared/datasets/", import.meta.url));

/** A folder of empty files. */
async function folderOf(name: string, files: readonly string[]): Promise<string> {
	const folder = join(temporary.path, name);
	await mkdir(folder);
	for (const file of files) {
		await writeFile(join(folder, file), "");
	}
	return folder;
}

describe("findTruth", () => {
	it.each<[DatasetName, string[], Record<string, string[]>]>([
		[
			"bsds",
			["12.gt10.png", "12.gt2.png", "12.jpg", "7.gt1.png", "7.png"],
			{ "12": ["12.gt2.png", "12.gt10.png"], "7": ["7.gt1.png"] },
		],
		["camvid", ["a.label.png", "a.png", "b.label.png", "b.png"], { a: ["a.label.png"], b: ["b.label.png"] }],
		["camvid", ["a.png", "b.png", "notes.txt"], { a: ["a.png"], b: ["b.png"] }],
		["coco", ["a.jpg", "a.segments.png", "a.semantic.png"], { a: ["a.semantic.png"] }],
		["coco", ["a.png"], { a: ["a.png"] }],
		["voc", ["2007_000032.png", ".hidden.png"], { "2007_000032": ["2007_000032.png"] }],
		["generic", ["x.y.png", "a.jpg"], { "x.y": ["x.y.png"] }],
	])("finds the files of %s in %j", async (dataset, files, expected) => {
		const folder = await folderOf(`truth-${dataset}-${files.length}`, files);
		const found = await findTruth(folder, dataset);
		expect(Object.fromEntries(found.map((truth) => [truth.id, truth.files]))).toEqual(
			Object.fromEntries(Object.entries(expected).map(([id, names]) => [id, names.map((name) => join(folder, name))])),
		);
		expect(found.map(({ id }) => id)).toEqual(Object.keys(expected).sort());
	});

	it("says which names it looked for", async () => {
		const folder = await folderOf("no-truth", ["a.jpg"]);
		expect((await expectError(findTruth(folder, "camvid"), "INPUT_EMPTY")).message).toContain(
			"<id>.label.png or <id>.png",
		);
		expect((await expectError(findTruth(folder, "bsds"), "INPUT_EMPTY")).message).toContain("<id>.gt<k>.png");
		await expectError(findTruth(join(folder, "absent"), "voc"), "INPUT_NOT_FOUND");
		await expectError(findTruth(join(folder, "a.jpg"), "voc"), "INPUT_UNREADABLE");
	});

	it.runIf(existsSync(shared)).each<[DatasetName, number, number]>([
		["bsds", 20, 109],
		["camvid", 24, 24],
		["coco", 24, 24],
	])("finds all of %s", async (dataset, images, files) => {
		const folder = join(shared, `${dataset}-mini`);
		const truth = await findTruth(folder, dataset);
		expect(truth).toHaveLength(images);
		expect(truth.flatMap((image) => image.files)).toHaveLength(files);
		const find = await photographFinder(folder, truth);
		const photographs = await Promise.all(truth.map(({ id }) => find(id)));
		expect(new Set(photographs).size).toBe(images);
	});
});

describe("predictionFinder", () => {
	it("prefers what segment writes", async () => {
		const folder = await folderOf("predictions", ["a.png", "b.png"]);
		await mkdir(join(folder, "a"));
		await writeFile(join(folder, "a/labels.png"), "");
		const find = await predictionFinder(folder);
		expect(await find("a")).toBe(join(folder, "a/labels.png"));
		expect(await find("b")).toBe(join(folder, "b.png"));
		const { message } = await expectError(find("c"), "INPUT_NOT_FOUND");
		expect(message).toMatch(/^c: .*labels\.png and c\.png/);
		await expectError(predictionFinder(join(folder, "absent")), "INPUT_NOT_FOUND");
	});
});

describe("photographFinder", () => {
	it("finds any format, but no truth", async () => {
		const folder = await folderOf("photographs", ["a.JPG", "a.png", "b.tif", "b.webp", "c.txt"]);
		const find = await photographFinder(folder, [{ id: "a", files: [join(folder, "a.png")] }]);
		expect(await find("a")).toBe(join(folder, "a.JPG"));
		expect((await expectError(find("b"), "INPUT_AMBIGUOUS")).message).toContain("b.webp");
		await expectError(find("c"), "INPUT_NOT_FOUND");
	});
});

describe("readLabels", () => {
	it("reads labels and names the file that it cannot read", async () => {
		const labels = { data: Uint8Array.of(0, 1, 2, 1), width: 2, height: 2, count: 3 };
		const path = join(temporary.path, "labels.png");
		await writeFile(path, encodeLabelPng(labels));
		expect(await readLabels(path, 4)).toEqual(labels);
		expect((await expectError(readLabels(path, 3), "IMAGE_TOO_LARGE")).message).toContain("labels.png");
		await writeFile(path, "no picture");
		expect((await expectError(readLabels(path, 4), "IMAGE_CORRUPT")).message).toContain("labels.png");
		await expectError(readLabels(`${path}.absent`, 4), "INPUT_NOT_FOUND");
	});
});
