import { describe, expect, it } from "vitest";
import { HOSTILE_TEXTS } from "../../../../../fixtures/hostile-names.ts";
import { joinPieces, textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { VERSION } from "../../version.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { createCocoWriter } from "./coco.ts";
import type { ExportImage } from "./export-image.ts";

interface Annotation {
	readonly id: number;
	readonly image_id: number;
	readonly category_id: number;
	readonly segmentation: { readonly size: readonly [number, number]; readonly counts: string };
	readonly area: number;
	readonly bbox: readonly number[];
	readonly iscrowd: number;
}

interface Coco {
	readonly info: unknown;
	readonly licenses: unknown;
	readonly annotations: readonly Annotation[];
	readonly images: readonly unknown[];
	readonly categories: readonly unknown[];
}

function cocoText(images: readonly ExportImage[], splitRegions?: boolean): string {
	return textOf(writeDataSet(createCocoWriter({ kernels, splitRegions }), images), "instances.json");
}

const cocoOf = (images: readonly ExportImage[], splitRegions?: boolean): Coco =>
	JSON.parse(cocoText(images, splitRegions));

function labelMap(...rows: readonly string[]): LabelMap {
	return { data: Uint8Array.from(rows.join(""), Number), width: rows[0].length, height: rows.length, count: 10 };
}

/** Pixels of a mask. Written from `maskApi.c` of the COCO API: rleFrString, then down the columns. */
function pixelsOf({ segmentation }: Annotation): number[] {
	const [height, width] = segmentation.size;
	const lengths: number[] = [];
	let [value, shift] = [0, 0];
	for (const character of segmentation.counts) {
		const code = character.charCodeAt(0) - 48;
		value += (code & 31) * 2 ** shift;
		shift += 5;
		if (code < 32) {
			value -= code & 16 ? 2 ** shift : 0;
			lengths.push(lengths.length > 2 ? value + lengths[lengths.length - 2] : value);
			[value, shift] = [0, 0];
		}
	}
	const pixels: number[] = [];
	let position = 0;
	for (const [index, length] of lengths.entries()) {
		for (const end = position + length; position < end; position++) {
			if (index % 2 === 1) {
				pixels.push((position % height) * width + Math.floor(position / height));
			}
		}
	}
	expect(position).toBe(height * width);
	return pixels;
}

function boxOf(pixels: readonly number[], width: number): number[] {
	const xs = pixels.map((pixel) => pixel % width);
	const ys = pixels.map((pixel) => Math.floor(pixel / width));
	const [left, top] = [Math.min(...xs), Math.min(...ys)];
	return [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
}

describe("createCocoWriter", () => {
	it.each([false, true])(
		"gives back many maps, split: %s",
		(splitRegions) => {
			const maps = Array.from({ length: PROVED_MAP_COUNT }, (_, index) => makeLabelMap(index));
			const images = maps.map((labels, index) => exportImageOf(labels, `${index}.jpg`));
			const coco = cocoOf(images, splitRegions);
			expect(coco.annotations.map(({ id }) => id)).toEqual([...coco.annotations.keys()].map((index) => index + 1));
			const byImage = maps.map((): Annotation[] => []);
			for (const annotation of coco.annotations) {
				byImage[annotation.image_id - 1].push(annotation);
			}
			for (const [index, labels] of maps.entries()) {
				const { width, height } = labels;
				expect(coco.images[index]).toEqual({ id: index + 1, file_name: `${index}.jpg`, width, height });
				const back = new Int32Array(labels.data.length).fill(-1);
				for (const [order, annotation] of byImage[index].entries()) {
					const pixels = pixelsOf(annotation);
					expect([annotation.segmentation.size, annotation.area]).toEqual([[height, width], pixels.length]);
					expect(annotation.bbox).toEqual(boxOf(pixels, width));
					expect(pixels.filter((pixel) => back[pixel] !== -1)).toEqual([]);
					for (const pixel of pixels) {
						back[pixel] = splitRegions ? order : annotation.category_id - 1;
					}
				}
				const regions = labelRegions(kernels, labels);
				expect(back, `map ${index}`).toEqual(Int32Array.from(splitRegions ? regions.data : labels.data));
				if (splitRegions) {
					expect(byImage[index].map((annotation) => annotation.category_id - 1)).toEqual([...regions.segments]);
				}
			}
		},
		60_000,
	);

	it("keeps one line for each annotation, image and category", () => {
		const first = { ...exportImageOf(labelMap("011", "051"), "sub/a.jpg") };
		expect(cocoText([first, exportImageOf(labelMap("5"), "b.jpg")])).toBe(
			[
				"{",
				`"info":{"description":"Segments found by dinoseg","version":"${VERSION}"},`,
				'"licenses":[],',
				'"annotations":[',
				'{"id":1,"image_id":1,"category_id":1,"segmentation":{"size":[2,3],"counts":"024"},"area":2,"bbox":[0,0,1,2],"iscrowd":0},',
				'{"id":2,"image_id":1,"category_id":2,"segmentation":{"size":[2,3],"counts":"2111"},"area":3,"bbox":[1,0,2,2],"iscrowd":0},',
				'{"id":3,"image_id":1,"category_id":6,"segmentation":{"size":[2,3],"counts":"312"},"area":1,"bbox":[1,1,1,1],"iscrowd":0},',
				'{"id":4,"image_id":2,"category_id":6,"segmentation":{"size":[1,1],"counts":"01"},"area":1,"bbox":[0,0,1,1],"iscrowd":0}',
				"],",
				'"images":[',
				'{"id":1,"file_name":"sub/a.jpg","width":3,"height":2},',
				'{"id":2,"file_name":"b.jpg","width":1,"height":1}',
				"],",
				'"categories":[',
				'{"id":1,"name":"segment-0","supercategory":"segment","color":[230,159,0]},',
				'{"id":2,"name":"segment-1","supercategory":"segment","color":[86,180,233]},',
				'{"id":6,"name":"segment-5","supercategory":"segment","color":[213,94,0]}',
				"]",
				"}",
				"",
			].join("\n"),
		);
	});

	it("is whole without images, and with images that have no pixel", () => {
		const nothing: ExportImage = {
			file: "0.jpg",
			labels: { ...labelMap("0"), data: new Uint8Array(), width: 0 },
			segments: [],
		};
		expect(cocoOf([])).toMatchObject({ annotations: [], images: [], categories: [] });
		for (const splitRegions of [false, true]) {
			const coco = cocoOf([nothing, exportImageOf(labelMap("1")), nothing], splitRegions);
			expect([coco.annotations.length, coco.images.length]).toEqual([1, 3]);
		}
	});

	it("gives back any name", () => {
		const segments = HOSTILE_TEXTS.map((name, id) => ({ id, name, color: [id, 0, 0] as const }));
		const data = Uint8Array.from(segments.keys());
		const labels = { data, width: data.length, height: 1, count: data.length };
		const coco = cocoOf(HOSTILE_TEXTS.map((file) => ({ file, labels, segments })));
		expect(coco.categories).toEqual(
			segments.map(({ id, name, color }) => ({ id: id + 1, name, supercategory: "segment", color })),
		);
		expect(coco.images).toMatchObject(HOSTILE_TEXTS.map((file_name) => ({ file_name })));
	});

	it.each([false, true])("leaves out an image that it refuses, split: %s", (splitRegions) => {
		const good = exportImageOf(labelMap("012"));
		const renamed = good.segments.map((segment) => ({ ...segment, name: `other ${segment.id}` }));
		const writer = createCocoWriter({ kernels, splitRegions });
		const failure = (code: string) => expect.objectContaining({ code });
		expect(() => writer.add({ ...good, segments: [] })).toThrowError(failure("OPTION_INVALID"));
		const pieces = [...writer.add(good)];
		expect(() => writer.add({ ...good, segments: renamed })).toThrowError(failure("INPUT_CONFLICT"));
		expect(() => writer.add({ ...good, labels: { ...good.labels, width: 2 } })).toThrowError(failure("SHAPE_MISMATCH"));
		const text = textOf(joinPieces([...pieces, ...writer.add(good), ...writer.end()]), "instances.json");
		expect(text).toBe(cocoText([good, good], splitRegions));
	});

	it("divides long texts into pieces", () => {
		const data = Uint8Array.from({ length: 200 * 200 }, (_, index) => (index + Math.floor(index / 200)) % 2);
		const image = exportImageOf({ data, width: 200, height: 200, count: 2 });
		const pieces = [...createCocoWriter({ kernels, splitRegions: true }).add(image)];
		expect(Math.max(...pieces.map((piece) => piece.data.length))).toBeLessThan(1.1 * 2 ** 20);
		expect(cocoOf([image], true).annotations).toHaveLength(40_000);
	});
});
