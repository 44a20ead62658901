import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { labelRegions } from "../label-regions.ts";
import { createCvatMaskWriter } from "./cvat-mask.ts";
import { VOC_COLORMAP } from "./voc-folder.ts";

const CLASSES = "SegmentationClass/photo.png";
const INSTANCES = "SegmentationObject/photo.png";

/** The line of each label by its colour; the background is line 0. */
function linesOf(labelMap: string): Map<string, number> {
	const lines = labelMap.trimEnd().split("\n").slice(1);
	return new Map(lines.map((line, index) => [line.split(":")[1], index]));
}

/** The line of the label of each pixel. Shape (height, width). */
function readClasses(files: ReadonlyMap<string, Uint8Array>): number[] {
	const lines = linesOf(textOf(files, "labelmap.txt"));
	const { data, channels, depth, palette } = decode(files.get(CLASSES) as Uint8Array);
	expect([channels, depth, palette]).toEqual([3, 8, undefined]);
	const pixels: number[] = [];
	for (let at = 0; at < data.length; at += 3) {
		pixels.push(lines.get(`${data[at]},${data[at + 1]},${data[at + 2]}`) as number);
	}
	return pixels;
}

describe("createCvatMaskWriter", () => {
	it("keeps every pixel of every map", { timeout: 60_000 }, () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const image = exportImageOf(makeLabelMap(index));
			const { labels, segments } = image;
			const files = writeDataSet(createCvatMaskWriter({ kernels }), [image]);
			const lines = new Map(segments.map(({ id }, rank) => [id, rank + 1]));
			const expected = Array.from(labels.data, (id) => lines.get(id) as number);
			expect(firstDifference(readClasses(files), expected), `map ${index}`).toBe(-1);
			// Ranks are both the lines of labels and the numbers of instances.
			const instances = files.get(INSTANCES);
			expect(instances === undefined).toBe(segments.length > 255);
			if (instances) {
				const { data, palette } = decode(instances);
				expect(firstDifference(data, expected), `map ${index}`).toBe(-1);
				expect(palette?.length).toBe(256);
			}
		});
	});

	it("numbers regions when split, in the colours of Pascal VOC, or refuses", { timeout: 60_000 }, () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const image = exportImageOf(makeLabelMap(index));
			const { data, count } = labelRegions(kernels, image.labels);
			const writer = createCvatMaskWriter({ kernels, splitRegions: true });
			if (count > 255) {
				expect(() => writer.add(image)).toThrowError(expect.objectContaining({ code: "EXPORT_UNSUPPORTED" }));
				return;
			}
			const read = decode(writeDataSet(writer, [image]).get(INSTANCES) as Uint8Array);
			const expected = Array.from(data, (region) => region + 1);
			expect(firstDifference(read.data, expected), `map ${index}`).toBe(-1);
			expect(firstDifference((read.palette ?? []).flat(), VOC_COLORMAP.flat())).toBe(-1);
		});
	});

	it("gives each of 65,536 labels its colour", { timeout: 60_000 }, () => {
		const data = Uint16Array.from({ length: 65536 }, (_, id) => id);
		const image = exportImageOf({ data, width: 256, height: 256, count: 65536 });
		const read = readClasses(writeDataSet(createCvatMaskWriter({ kernels }), [image]));
		expect(
			firstDifference(
				read,
				Array.from(data, (id) => id + 1),
			),
		).toBe(-1);
	});

	it("counts nothing of an image that it refuses", () => {
		const writer = createCvatMaskWriter({ kernels, splitRegions: true });
		const pieces = [...writer.add(imageOfNames(["a"]))];
		const noise = exportImageOf({
			data: Uint8Array.from({ length: 1024 }, (_, at) => (at + (at >> 5)) % 2),
			width: 32,
			height: 32,
			count: 2,
		});
		expect(() => writer.add(noise)).toThrowError(expect.objectContaining({ code: "EXPORT_UNSUPPORTED" }));
		pieces.push(...writer.end());
		const again = createCvatMaskWriter({ kernels, splitRegions: true });
		expect(pieces).toEqual([...again.add(imageOfNames(["a"])), ...again.end()]);
	});
});
