import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { HOSTILE_NAMES, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { createXmlParser } from "../../../../../fixtures/xml-parser.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex, PALETTE } from "../palette.ts";
import { createCvatXmlWriter } from "./cvat-xml.ts";

const number = z.string().regex(/^\d+$/).transform(Number);

/** https://docs.cvat.ai/docs/dataset_management/formats/format-xml/ */
const DOCUMENT = z.strictObject({
	"?xml": z.strictObject({ version: z.literal("1.0"), encoding: z.literal("utf-8") }),
	annotations: z.strictObject({
		version: z.literal("1.1"),
		meta: z.strictObject({
			task: z.strictObject({
				name: z.string(),
				size: number,
				mode: z.literal("annotation"),
				overlap: number,
				labels: z.union([
					z.literal(""),
					z.strictObject({
						label: z.array(
							z.strictObject({
								name: z.string(),
								color: z.string().regex(/^#[0-9a-f]{6}$/),
								type: z.literal("mask"),
								attributes: z.literal(""),
							}),
						),
					}),
				]),
			}),
		}),
		image: z
			.array(
				z.strictObject({
					id: number,
					name: z.string(),
					width: number,
					height: number,
					mask: z.array(
						z.strictObject({
							label: z.string(),
							source: z.literal("auto"),
							occluded: z.literal("0"),
							rle: z.string().regex(/^\d+(, \d+)*$/),
							left: number,
							top: number,
							width: number,
							height: number,
							z_order: z.literal("0"),
						}),
					),
				}),
			)
			.optional(),
	}),
});

const PARSER = createXmlParser({
	isArray: (tag, _path, _isLeaf, isAttribute) => !isAttribute && ["image", "mask", "label"].includes(tag),
	tagValueProcessor: (_, value) => (value.trim() === "" ? "" : value),
});

function documentOf(files: ReadonlyMap<string, Uint8Array>) {
	const text = textOf(files, "annotations.xml");
	expect(XMLValidator.validate(text)).toBe(true);
	// The space between elements, which the parser keeps so that names keep theirs.
	return DOCUMENT.parse(
		JSON.parse(JSON.stringify(PARSER.parse(text), (key, value) => (key === "#text" ? undefined : value))),
	);
}

describe("createCvatXmlWriter", () => {
	it.each([false, true])("keeps every pixel of every map (split: %s)", { timeout: 60_000 }, (splitRegions) => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const image = exportImageOf(makeLabelMap(index));
			const { labels } = image;
			const { annotations } = documentOf(writeDataSet(createCvatXmlWriter({ kernels, splitRegions }), [image]));
			const [read] = annotations.image ?? [];
			expect([read.width, read.height]).toEqual([labels.width, labels.height]);
			const names = new Map(image.segments.map(({ id, name }) => [name, id]));
			const pixels = new Int32Array(labels.data.length).fill(-1);
			let faults = 0;
			for (const { label, rle, left, top, width, height } of read.mask) {
				let at = 0;
				for (const [turn, length] of rle.split(", ").map(Number).entries()) {
					for (const end = at + length; at < end; at++) {
						const pixel = (top + Math.floor(at / width)) * labels.width + left + (at % width);
						if (turn % 2 === 1) {
							faults += pixels[pixel] === -1 ? 0 : 1;
							pixels[pixel] = names.get(label) as number;
						}
					}
				}
				faults += at === width * height ? 0 : 1;
			}
			expect(faults, `map ${index}`).toBe(0);
			expect(firstDifference(pixels, labels.data), `map ${index}`).toBe(-1);
			expect(read.mask.length).toBe(splitRegions ? labelRegions(kernels, labels).count : image.segments.length);
		});
	});

	it("writes the run lengths of the documentation's mask as they stand there", () => {
		const rle = "3, 5, 7, 7, 5, 9, 3, 11, 2, 11, 2, 12, 1, 12, 1, 26, 1, 12, 1, 12, 2, 11, 3, 9, 5, 7, 7, 5, 3";
		const box = { left: 2, top: 1, width: 13, height: 15 };
		const [width, height] = [20, 17];
		const data = new Uint8Array(width * height);
		let at = 0;
		for (const [turn, length] of rle.split(", ").map(Number).entries()) {
			for (const end = at + length; at < end; at++) {
				data[(box.top + Math.floor(at / box.width)) * width + box.left + (at % box.width)] = turn % 2;
			}
		}
		const image = exportImageOf({ data, width, height, count: 2 });
		const { annotations } = documentOf(writeDataSet(createCvatXmlWriter({ kernels }), [image]));
		expect(annotations.image?.[0].mask[1]).toMatchObject({ label: "segment-1", rle, ...box });
	});

	it("numbers images and declares the names and colours of all", () => {
		const images = [imageOfNames(HOSTILE_NAMES), imageOfNames(HOSTILE_NAMES.slice(0, 2), 'sub/"b" <&>.jpg')];
		const { annotations } = documentOf(writeDataSet(createCvatXmlWriter({ kernels }), images));
		expect(annotations.image?.map(({ id, name }) => [id, name])).toEqual([
			[0, "photo.jpg"],
			[1, 'sub/"b" <&>.jpg'],
		]);
		expect(annotations.meta.task.size).toBe(2);
		const declared = annotations.meta.task.labels;
		expect(declared === "" ? [] : declared.label.map(({ name, color }) => [name, color])).toEqual(
			HOSTILE_NAMES.map((name, id) => [name, colorToHex(PALETTE[id])]),
		);
		expect(annotations.image?.[0].mask.map(({ label }) => label)).toEqual(HOSTILE_NAMES);
	});

	it("keeps line breaks and tabs in names", () => {
		const names = ["two\nlines", "a\tb", "c\rd"];
		const { annotations } = documentOf(writeDataSet(createCvatXmlWriter({ kernels }), [imageOfNames(names)]));
		expect(annotations.image?.[0].mask.map(({ label }) => label)).toEqual(names);
	});

	it("writes a document without images", () => {
		expect(documentOf(writeDataSet(createCvatXmlWriter({ kernels }), [])).annotations.image).toBeUndefined();
	});

	it.each(["", " a", "a ", "bell \u0007", "half \ud800", "no character \uffff"])("refuses the name %j", (name) => {
		expect(() => createCvatXmlWriter({ kernels }).add(imageOfNames([name]))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { id: 0, name } }),
		);
	});

	it("refuses a file name that XML cannot hold", () => {
		expect(() => createCvatXmlWriter({ kernels }).add(imageOfNames(["a"], "\u0001.jpg"))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { file: "\u0001.jpg" } }),
		);
	});

	it("counts nothing of an image that it refuses", () => {
		const writer = createCvatXmlWriter({ kernels });
		const pieces = [...writer.add(imageOfNames(["a"]))];
		expect(() => writer.add(imageOfNames(["b"], "b.jpg"))).toThrowError(
			expect.objectContaining({ code: "INPUT_CONFLICT" }),
		);
		pieces.push(...writer.end());
		const again = createCvatXmlWriter({ kernels });
		expect(pieces).toEqual([...again.add(imageOfNames(["a"])), ...again.end()]);
	});
});
