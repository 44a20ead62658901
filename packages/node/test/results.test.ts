import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { colorToHex } from "@dinoseg/core/labels";
import { encodePng } from "@dinoseg/node";
import { findResults, readPhotograph, readResult } from "@dinoseg/node/results";
import { describe, expect, it } from "vitest";
import { LABEL_MAP_KINDS, makeLabelMap } from "../../../fixtures/label-maps.ts";
import { documentOf, writeStoredResult } from "../../../fixtures/stored-results.ts";
import { expectError } from "./support/expect-error.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const MAX_PIXELS = 1e6;
const map = makeLabelMap(2);

const root = useTemporaryFolder();
const freshFolder = () => mkdtemp(join(root.path, "case-"));

describe("findResults", () => {
	it("finds results at any depth, in a fixed order, and follows no link to a folder", async () => {
		const folder = await freshFolder();
		for (const name of ["b", "a/z", "a", "c/deep/er"]) {
			await writeStoredResult(join(folder, "out", name), map);
		}
		await mkdir(join(folder, "out", "empty"));
		await mkdir(join(folder, "out", ".hidden"));
		await writeFile(join(folder, "out", ".hidden", "segments.json"), "");
		await symlink(join(folder, "out"), join(folder, "out", "loop"));
		const results = await findResults(join(folder, "out"));
		const found = [...results];
		expect(results.count).toBe(found.length);
		expect(found.map(({ name }) => name)).toEqual(["a", "a/z", "b", "c/deep/er"]);
		expect(found[1].folder).toBe(join(folder, "out", "a", "z"));
		expect(results.isResult).toBe(false);
		const one = await findResults(join(folder, "out", "a"));
		expect([one.count, one.isResult]).toEqual([1, true]);
		const [only, ...others] = one;
		expect(only).toEqual({ folder: join(folder, "out", "a"), name: "a" });
		expect(others).toEqual([]);
	});

	it("says what it looked for", async () => {
		const folder = await freshFolder();
		const empty = await expectError(findResults(folder), "INPUT_EMPTY");
		expect(empty.message).toContain("looked for segments.json");
		await expectError(findResults(join(folder, "none")), "INPUT_NOT_FOUND");
		await writeFile(join(folder, "file"), "");
		const file = await expectError(findResults(join(folder, "file")), "INPUT_UNREADABLE");
		expect(file.message).toContain("it is no folder");
	});
});

describe("readResult", () => {
	it("knows which pixels belong to no segment, and refuses others", async () => {
		const folder = await freshFolder();
		const labels = { ...makeLabelMap(2), data: makeLabelMap(2).data.slice() };
		const id = labels.count;
		labels.data.fill(id, 0, 3);
		const { segments, input, ...rest } = documentOf({ ...labels, count: id + 1 });
		const own = segments.filter((segment) => segment.id !== id);
		const document = { ...rest, input: { ...input, noData: { id, pixels: 3 } }, segments: own };
		await writeStoredResult(folder, { ...labels, count: id + 1 }, document);
		const { image } = await readResult(folder);
		expect(image.labels.background).toBe(id);
		expect(image.segments.map((segment) => segment.id)).not.toContain(id);

		const wrong = await freshFolder();
		const other = { ...document, input: { ...input, noData: { id, pixels: 4 } } };
		await writeStoredResult(wrong, { ...labels, count: id + 1 }, other);
		const error = await expectError(readResult(wrong), "RESULT_INVALID");
		expect(error.message).toContain(`segment ${id} has 4 and 3 pixels`);
	});

	it.each(LABEL_MAP_KINDS.map((kind, index) => [kind, index] as const))("reads %s back", async (_, index) => {
		const folder = await freshFolder();
		const labels = makeLabelMap(index);
		const document = documentOf(labels);
		await writeStoredResult(folder, labels, document);
		const { image, document: read } = await readResult(folder, { name: "sub/photo" });
		expect(read).toEqual(document);
		expect([...image.labels.data]).toEqual([...labels.data]);
		expect(image.file).toBe("sub/photo.jpg");
		expect(image.segments.map(({ id, name, color }) => [id, name, colorToHex(color)])).toEqual(
			document.segments.map(({ id, name, color }) => [id, name, color]),
		);
	});

	it.each([
		["photos/holiday/b.jpg", "sub/b", "sub/b.jpg"],
		["b.png", "sub/b.png", "sub/b.png"],
		["photos\\b.jpg", "b", "b.jpg"],
		[null, "sub/b", "sub/b"],
		["photos/..", "sub/b", "sub/b"],
		["a/", "b", "b"],
	])("calls the photograph %j of the result %s %s", async (path, name, file) => {
		const folder = await freshFolder();
		await writeStoredResult(folder, map, documentOf(map, path));
		expect((await readResult(folder, { name })).image.file).toBe(file);
	});

	it("refuses what does not fit together, by name", async () => {
		const folder = await freshFolder();
		const refusal = (code: string, maxPixels = MAX_PIXELS) => expectError(readResult(folder, { maxPixels }), code);
		const document = documentOf(map);
		const [first, ...rest] = document.segments;
		const refused: [unknown, RegExp][] = [
			["{", /segments\.json: .*is no JSON/],
			[{ ...document, schema: "dinoseg/segments/99" }, /segments\.json: .*must follow/],
			[{ ...document, input: { ...document.input, width: 1 } }, /do not fit together: 1 x \d+ and \d+ x \d+ pixels/],
			[{ ...document, segments: rest }, /do not fit together: segment 0 has 0 and \d+ pixels/],
			[{ ...document, segments: [first, first, ...rest] }, /an id is listed twice/],
			[
				{ ...document, segments: [...document.segments, { ...first, id: 60000 }] },
				/segment 60000 has \d+ and 0 pixels/,
			],
		];
		for (const [content, message] of refused) {
			await writeStoredResult(folder, map);
			await writeFile(join(folder, "segments.json"), typeof content === "string" ? content : JSON.stringify(content));
			const error = await refusal("RESULT_INVALID");
			expect(error.message).toMatch(message);
			expect(error.message).toContain(folder);
		}
		await writeStoredResult(folder, map);
		await writeFile(join(folder, "labels.png"), (await readFile(join(folder, "labels.png"))).subarray(0, 60));
		await refusal("IMAGE_CORRUPT");
		await writeStoredResult(folder, map);
		await refusal("IMAGE_TOO_LARGE", 3);
	});
});

describe("readPhotograph", () => {
	it("reads the picture that was segmented, and refuses another", async () => {
		const folder = await freshFolder();
		const { width, height } = map;
		const picture = { data: new Uint8Array(3 * width * height).fill(9), width, height };
		const png = await encodePng(picture);
		const sha256 = createHash("sha256").update(png).digest("hex");
		const plain = documentOf(map, "a.png");
		await writeStoredResult(folder, map, { ...plain, input: { ...plain.input, sha256 } });
		const stored = await readResult(folder, { name: "a" });
		await mkdir(join(folder, "photos"));
		await writeFile(join(folder, "photos", "a.png"), png);
		expect(await readPhotograph(join(folder, "photos"), stored)).toEqual(picture);
		await writeFile(join(folder, "photos", "a.png"), await encodePng({ ...picture, data: picture.data.map(() => 1) }));
		const error = await expectError(readPhotograph(join(folder, "photos"), stored), "RESULT_INVALID");
		expect(error.message).toContain("is not the picture that was segmented");
		await expectError(readPhotograph(folder, stored), "INPUT_NOT_FOUND");
	});
});
