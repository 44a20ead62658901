import { decode } from "@thi.ng/rle-pack";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { HOSTILE_NAMES, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { VERSION } from "../../version.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex, PALETTE } from "../palette.ts";
import { createLabelStudioWriter } from "./label-studio.ts";

/** https://labelstud.io/guide/predictions and https://labelstud.io/tags/brushlabels */
const TASKS = z.array(
	z.strictObject({
		data: z.strictObject({ image: z.string() }),
		predictions: z
			.array(
				z.strictObject({
					model_version: z.string(),
					result: z.array(
						z.strictObject({
							id: z.string().min(1),
							type: z.literal("brushlabels"),
							from_name: z.literal("segments"),
							to_name: z.literal("image"),
							original_width: z.int().positive(),
							original_height: z.int().positive(),
							image_rotation: z.literal(0),
							value: z.strictObject({
								format: z.literal("rle"),
								rle: z.array(z.int().min(0).max(255)),
								brushlabels: z.array(z.string()).length(1),
							}),
						}),
					),
				}),
			)
			.length(1),
	}),
);

const CONFIG = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", isArray: (tag) => tag === "Label" });

const tasksOf = (files: ReadonlyMap<string, Uint8Array>) => TASKS.parse(JSON.parse(textOf(files, "tasks.json")));

describe("createLabelStudioWriter", () => {
	it.each([false, true])("keeps every pixel of every map (split: %s)", { timeout: 60_000 }, (splitRegions) => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const image = exportImageOf(makeLabelMap(index));
			const { labels } = image;
			const [task] = tasksOf(writeDataSet(createLabelStudioWriter({ kernels, splitRegions }), [image]));
			const { result } = task.predictions[0];
			const names = new Map(image.segments.map(({ id, name }) => [name, id]));
			const read = new Int32Array(labels.data.length).fill(-1);
			let faults = 0;
			for (const { value, original_width, original_height } of result) {
				expect([original_width, original_height]).toEqual([labels.width, labels.height]);
				const bytes = decode(Uint8Array.from(value.rle));
				for (let at = 0; at < read.length; at++) {
					const alpha = bytes[at * 4 + 3];
					faults += [0, 1, 2].every((channel) => bytes[at * 4 + channel] === alpha) ? 0 : 1;
					if (alpha === 255) {
						faults += read[at] === -1 ? 0 : 1;
						read[at] = names.get(value.brushlabels[0]) as number;
					}
				}
			}
			expect(faults, `map ${index}`).toBe(0);
			expect(firstDifference(read, labels.data), `map ${index}`).toBe(-1);
			expect(result.length).toBe(splitRegions ? labelRegions(kernels, labels).count : image.segments.length);
		});
	});

	it("writes a task for each image, with ids of their own", () => {
		const images = ["a.jpg", "sub/b.png"].map((file) => exportImageOf(makeLabelMap(2), file));
		const tasks = tasksOf(writeDataSet(createLabelStudioWriter({ kernels }), images));
		expect(tasks.map(({ data }) => data.image)).toEqual([
			"/data/local-files/?d=a.jpg",
			"/data/local-files/?d=sub/b.png",
		]);
		const ids = tasks.flatMap(({ predictions }) => predictions[0].result.map(({ id }) => id));
		expect(new Set(ids).size).toBe(ids.length);
		expect(tasks[0].predictions[0].model_version).toBe(`dinoseg ${VERSION}`);
	});

	it("writes an empty list without images", () => {
		expect(tasksOf(writeDataSet(createLabelStudioWriter({ kernels }), []))).toEqual([]);
	});

	it("escapes the path of an image segment by segment, after the prefix", () => {
		const image = exportImageOf(makeLabelMap(7), "holiday photos/50 % ü#1?&.jpg");
		const writer = createLabelStudioWriter({ kernels, imagePrefix: "s3://bucket/" });
		const [task] = tasksOf(writeDataSet(writer, [image]));
		expect(task.data.image).toBe("s3://bucket/holiday%20photos/50%20%25%20%C3%BC%231%3F%26.jpg");
	});

	it("declares the names and colours of all images, by rising id", () => {
		const images = [imageOfNames(HOSTILE_NAMES), imageOfNames(HOSTILE_NAMES.slice(0, 2), "b.jpg")];
		const files = writeDataSet(createLabelStudioWriter({ kernels }), images);
		const { View } = CONFIG.parse(textOf(files, "label-config.xml"));
		expect(View.Image).toMatchObject({ name: "image", value: "$image" });
		expect(View.BrushLabels).toMatchObject({ name: "segments", toName: "image" });
		const expected = HOSTILE_NAMES.map((value, id) => ({ value, background: colorToHex(PALETTE[id]) }));
		expect(View.BrushLabels.Label).toEqual(expected);
		const read = tasksOf(files)[0].predictions[0].result.map(({ value }) => value.brushlabels[0]);
		expect(read).toEqual(HOSTILE_NAMES);
	});

	it.each(["", " ", "bell \u0007", "half \ud800", "price $amount", "$0"])("refuses the name %j", (name) => {
		expect(() => createLabelStudioWriter({ kernels }).add(imageOfNames([name]))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", details: { id: 0, name } }),
		);
	});

	it("takes a $ that stands for itself", () => {
		expect(() => createLabelStudioWriter({ kernels }).add(imageOfNames(["5 $", "$-"]))).not.toThrow();
	});

	it("refuses half a character in the path", () => {
		expect(() => createLabelStudioWriter({ kernels }).add(imageOfNames(["a"], "\udc00.jpg"))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});

	it("counts nothing of an image that it refuses", () => {
		const writer = createLabelStudioWriter({ kernels });
		const good = imageOfNames(["a"]);
		const pieces = [...writer.add(good)];
		expect(() => writer.add(imageOfNames(["b"], "b.jpg"))).toThrowError(
			expect.objectContaining({ code: "INPUT_CONFLICT" }),
		);
		pieces.push(...writer.add({ ...good, file: "c.jpg" }), ...writer.end());
		const again = createLabelStudioWriter({ kernels });
		expect(pieces).toEqual([...again.add(good), ...again.add({ ...good, file: "c.jpg" }), ...again.end()]);
	});

	it("refuses a picture whose bytes the header cannot count", () => {
		const data = new Uint8Array(0);
		Object.defineProperty(data, "length", { value: 2 ** 30 });
		const labels = { data, width: 2 ** 15, height: 2 ** 15, count: 1 };
		expect(() => createLabelStudioWriter({ kernels }).add({ file: "a.jpg", labels, segments: [] })).toThrowError(
			expect.objectContaining({ code: "EXPORT_UNSUPPORTED" }),
		);
	});
});
