import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { createVocWriter } from "./voc.ts";
import { VOC_COLORMAP } from "./voc-folder.ts";

const CLASSES = "SegmentationClass/photo.png";
const OBJECTS = "SegmentationObject/photo.png";

const row = (data: ArrayLike<number>): LabelMap => ({
	data: Uint16Array.from(data),
	width: data.length,
	height: 1,
	count: Math.max(...Array.from(data)) + 1,
});

function linesOf(files: ReadonlyMap<string, Uint8Array>): string[][] {
	const lines = textOf(files, "labelmap.txt").trimEnd().split("\n").slice(1);
	return lines.map((line) => line.split(":").slice(0, 2));
}

describe("createVocWriter", () => {
	it.each([false, true])(
		"keeps every pixel of every map, or refuses (split: %s)",
		{ timeout: 60_000 },
		(splitRegions) => {
			forEachSeed(PROVED_MAP_COUNT, (index) => {
				const image = exportImageOf(makeLabelMap(index));
				const { labels, segments } = image;
				const writer = createVocWriter({ kernels, splitRegions });
				const regions = labelRegions(kernels, labels);
				if (segments.length > 254 || (splitRegions && regions.count > 254)) {
					expect(() => writer.add(image)).toThrowError(expect.objectContaining({ code: "EXPORT_UNSUPPORTED" }));
					return;
				}
				const files = writeDataSet(writer, [image]);
				const classes = decode(files.get(CLASSES) as Uint8Array);
				const objects = decode(files.get(OBJECTS) as Uint8Array);
				expect([classes.width, classes.height, classes.channels, classes.depth]).toEqual([
					labels.width,
					labels.height,
					1,
					8,
				]);
				const expected = Array.from(labels.data, (id) => id + 1);
				expect(firstDifference(classes.data, expected), `map ${index}`).toBe(-1);
				const ranks = new Map(segments.map(({ id }, rank) => [id, rank + 1]));
				const numbers = splitRegions
					? Array.from(regions.data, (region) => region + 1)
					: Array.from(labels.data, (id) => ranks.get(id) as number);
				expect(firstDifference(objects.data, numbers), `map ${index}`).toBe(-1);
				for (const { palette } of [classes, objects]) {
					expect(firstDifference((palette ?? []).flat(), VOC_COLORMAP.flat())).toBe(-1);
				}
			});
		},
	);

	it("has a line for each index, also those of no segment", () => {
		const images = [exportImageOf(row([2, 4]), "a.jpg"), exportImageOf(row([0, 4]), "b.jpg")];
		const colors = VOC_COLORMAP.map(String);
		expect(linesOf(writeDataSet(createVocWriter({ kernels }), images))).toEqual([
			["background", colors[0]],
			["segment-0", colors[1]],
			["_unused_2", ""],
			["segment-2", colors[3]],
			["_unused_4", ""],
			["segment-4", colors[5]],
		]);
	});

	it("takes the segments' own colours, in the picture and in the list", () => {
		const image = exportImageOf(row([1, 3]));
		const files = writeDataSet(createVocWriter({ kernels, palette: "segments" }), [image]);
		const { data, palette } = decode(files.get(CLASSES) as Uint8Array);
		expect([...data]).toEqual([2, 4]);
		expect([2, 4].map((index) => palette?.[index])).toEqual(image.segments.map(({ color }) => [...color]));
		expect(palette?.[0]).toEqual([0, 0, 0]);
		const lines = linesOf(files);
		expect([2, 4].map((index) => lines[index])).toEqual(image.segments.map(({ name, color }) => [name, color.join()]));
	});

	it("writes indices up to 254 and refuses more", () => {
		const files = writeDataSet(createVocWriter({ kernels }), [exportImageOf(row([253]))]);
		expect([...decode(files.get(CLASSES) as Uint8Array).data]).toEqual([254]);
		expect(() => createVocWriter({ kernels }).add(exportImageOf(row([254])))).toThrowError(
			expect.objectContaining({ code: "EXPORT_UNSUPPORTED", details: { value: 254, max: 253 } }),
		);
	});

	it("counts nothing of an image that it refuses", () => {
		const writer = createVocWriter({ kernels });
		const pieces = [...writer.add(imageOfNames(["a"]))];
		expect(() => writer.add(exportImageOf(row([0, 300]), "b.jpg"))).toThrowError(
			expect.objectContaining({ code: "EXPORT_UNSUPPORTED" }),
		);
		pieces.push(...writer.end());
		const again = createVocWriter({ kernels });
		expect(pieces).toEqual([...again.add(imageOfNames(["a"])), ...again.end()]);
	});
});
