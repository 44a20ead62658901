import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { HOSTILE_NAMES, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { joinPieces, textOf } from "../../../../../fixtures/join-pieces.ts";
import { createVocFolder, VOC_COLORMAP } from "./voc-folder.ts";

const REFUSED = ["", "a:b", "two\nlines", "c\rd", "# comment", " a", "a ", "background", "_unused_3", "half \ud800"];

describe("VOC_COLORMAP", () => {
	it("is that of the development kit", () => {
		expect(VOC_COLORMAP.length).toBe(256);
		// aeroplane, bicycle, person, tvmonitor, void
		expect([0, 1, 2, 15, 20, 255].map((index) => VOC_COLORMAP[index])).toEqual([
			[0, 0, 0],
			[128, 0, 0],
			[0, 128, 0],
			[192, 128, 128],
			[0, 64, 128],
			[224, 224, 192],
		]);
		expect(new Set(VOC_COLORMAP.map(String)).size).toBe(256);
	});
});

describe("createVocFolder", () => {
	it("lists labels after the background, and images", () => {
		const folder = createVocFolder("Test");
		expect(folder.add(imageOfNames(["sky"], "a.b.jpg"))).toBe("a.b");
		expect(folder.add(imageOfNames(["sky"], "sub/c.png"))).toBe("sub/c");
		const files = joinPieces(folder.end([{ name: "_unused_1" }, ...folder.segments()]));
		expect(textOf(files, "labelmap.txt")).toBe(
			"# label:color_rgb:parts:actions\nbackground:0,0,0::\n_unused_1:::\nsky:230,159,0::\n",
		);
		expect(textOf(files, "ImageSets/Segmentation/default.txt")).toBe("a.b\nsub/c\n");
		const sets = joinPieces(folder.end([], ["default", "train"]));
		expect(textOf(sets, "ImageSets/Segmentation/train.txt")).toBe("a.b\nsub/c\n");
	});

	it("keeps names that only look like marks", () => {
		const folder = createVocFolder("Test");
		folder.add(imageOfNames(HOSTILE_NAMES));
		const lines = textOf(joinPieces(folder.end(folder.segments())), "labelmap.txt")
			.trimEnd()
			.split("\n");
		expect(lines.slice(2).map((line) => line.split(":")[0])).toEqual(HOSTILE_NAMES);
	});

	it.each(REFUSED)("refuses the name %j", (name) => {
		expect(() => createVocFolder("Test").add(imageOfNames([name]))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { id: 0, name } }),
		);
	});

	it("names the picture whose name it refuses", () => {
		const error = errorOf(() => createVocFolder("Test").add(imageOfNames(["a:b"], "sub/a.jpg")));
		expect(error.message).toContain("the name of segment 0 of sub/a.jpg must have no colon");
	});

	it.each(["#1.jpg", " a.jpg", "a .jpg", "two\nlines.jpg", "half \ud800.jpg"])("refuses the file %j", (file) => {
		expect(() => createVocFolder("Test").add(imageOfNames(["a"], file))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { file } }),
		);
	});

	it("refuses a black segment", () => {
		const image = imageOfNames(["a"]);
		const segments = [{ id: 0, name: "a", color: [0, 0, 0] as const }];
		expect(() => createVocFolder("Test").add({ ...image, segments })).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { id: 0 } }),
		);
	});

	it("refuses photographs whose masks would be one file, and keeps nothing of them", () => {
		const folder = createVocFolder("Test");
		folder.add(imageOfNames(["a"], "photo.jpg"));
		expect(() => folder.add(imageOfNames(["a", "b"], "photo.png"))).toThrowError(
			expect.objectContaining({ code: "INPUT_CONFLICT", details: { file: "photo.png" } }),
		);
		expect(folder.segments().map(({ name }) => name)).toEqual(["a"]);
	});
});
