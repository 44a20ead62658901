import { decode as decodeRuns } from "@thi.ng/rle-pack";
import { decode } from "fast-png";
import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { isFull } from "../../../../../fixtures/is-full.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, LABEL_MAP_KINDS, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import { createRandom } from "../../rng.ts";
import { markBackground } from "../background.ts";
import { labelRegions } from "../label-regions.ts";
import { decodeRle } from "../rle.ts";
import type { ExportImage } from "./export-image.ts";
import { EXPORT_FORMAT_NAMES, type ExportFormatName, type ExportOptions } from "./format-records.ts";
import { EXPORT_FORMATS } from "./formats.ts";

const NONE = -1;
const MAPS = (isFull ? 3 : 1) * LABEL_MAP_KINDS.length;

/** A map of any kind with some pixels, in one piece or many, without data. */
function imageWithBackground(index: number): ExportImage {
	const random = createRandom(index);
	const labels = makeLabelMap(index);
	const { width, data } = labels;
	const valid = Uint8Array.from(data, (_, at) =>
		index % 2 === 0 ? Number(random.next() < 0.7) : Number(at % width < width / 2),
	);
	valid[Math.floor(random.next() * valid.length)] = 1;
	const marked = markBackground(labels, valid);
	const image = exportImageOf(marked);
	const photograph = { data: new Uint8Array(data.length * 3).fill(9), width, height: labels.height };
	return { ...image, photograph, segments: image.segments.filter(({ id }) => id !== marked.background) };
}

/** What a reader sees: the id of each pixel, NONE where there is no segment; or the ids of all shapes, by rising id. */
interface Seen {
	readonly pixels?: ArrayLike<number>;
	readonly shapes?: readonly number[];
}

type Reader = (files: ReadonlyMap<string, Uint8Array>, image: ExportImage) => Seen | Promise<Seen>;

const emptyMap = ({ labels }: ExportImage) => new Int32Array(labels.data.length).fill(NONE);
const rising = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);
const idOfName = (name: string) => Number(name.slice("segment-".length));
const only = (files: ReadonlyMap<string, Uint8Array>) => [...files.values()][0];

function readPngs(files: ReadonlyMap<string, Uint8Array>, image: ExportImage, channels: number): Seen {
	const pixels = emptyMap(image);
	for (const [file, bytes] of files) {
		const { data } = decode(bytes);
		const id = Number(/(\d+)\.png$/.exec(file)?.[1]);
		for (let at = 0; at < pixels.length; at++) {
			pixels[at] = data[at * channels + channels - 1] === 255 ? id : pixels[at];
		}
	}
	return { pixels };
}

function readIndices(files: ReadonlyMap<string, Uint8Array>, folder: string): ArrayLike<number> {
	return decode(files.get(`${folder}/photo.png`) as Uint8Array).data;
}

function readCoco(files: ReadonlyMap<string, Uint8Array>, image: ExportImage): Seen {
	const pixels = emptyMap(image);
	const { annotations, categories } = JSON.parse(textOf(files, "instances.json"));
	expect(categories).toHaveLength(image.segments.length);
	for (const { segmentation, category_id } of annotations) {
		for (const [at, inside] of decodeRle(segmentation).entries()) {
			pixels[at] = inside ? category_id - 1 : pixels[at];
		}
	}
	return { pixels, shapes: rising(annotations.map(({ category_id }: { category_id: number }) => category_id - 1)) };
}

function readGeoJson(files: ReadonlyMap<string, Uint8Array>, image: ExportImage): Seen {
	const pixels = emptyMap(image);
	const { features } = JSON.parse(textOf(files, "file"));
	let shares = 0;
	for (const { properties, geometry } of features) {
		shares += properties.share;
		const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
		const open = rings.map((ring: number[][]) => ring.slice(0, -1).flat());
		drawRings(pixels, image.labels.width, open, properties.id);
	}
	expect(shares).toBeCloseTo(1);
	return { pixels, shapes: rising(features.map(({ properties }: { properties: { id: number } }) => properties.id)) };
}

function readCvatXml(files: ReadonlyMap<string, Uint8Array>, image: ExportImage): Seen {
	const pixels = emptyMap(image);
	const masks = textOf(files, "annotations.xml").matchAll(
		/<mask label="(.*?)".*? rle="(.*?)" left="(\d+)" top="(\d+)" width="(\d+)"/g,
	);
	const shapes: number[] = [];
	for (const [, label, rle, left, top, width] of masks) {
		shapes.push(idOfName(label));
		let at = 0;
		for (const [turn, length] of rle.split(", ").map(Number).entries()) {
			for (const end = at + length; at < end; at++) {
				const row = Number(top) + Math.floor(at / Number(width));
				const pixel = row * image.labels.width + Number(left) + (at % Number(width));
				pixels[pixel] = turn % 2 === 1 ? idOfName(label) : pixels[pixel];
			}
		}
	}
	return { pixels, shapes: rising(shapes) };
}

function readLabelStudio(files: ReadonlyMap<string, Uint8Array>, image: ExportImage): Seen {
	const pixels = emptyMap(image);
	const [task] = JSON.parse(textOf(files, "tasks.json"));
	const { result } = task.predictions[0];
	for (const { value } of result) {
		const bytes = decodeRuns(Uint8Array.from(value.rle));
		for (let at = 0; at < pixels.length; at++) {
			pixels[at] = bytes[at * 4] === 255 ? idOfName(value.brushlabels[0]) : pixels[at];
		}
	}
	const ids = result.map(({ value }: { value: { brushlabels: string[] } }) => idOfName(value.brushlabels[0]));
	return { pixels, shapes: rising(ids) };
}

function readCvat(files: ReadonlyMap<string, Uint8Array>, image: ExportImage): Seen {
	const { data } = decode(files.get("SegmentationClass/photo.png") as Uint8Array);
	const ids = new Map(image.segments.map(({ id, color }) => [color.join(), id]));
	const pixels = Int32Array.from(image.labels.data, (_, at) => {
		const color = [...data.subarray(at * 3, at * 3 + 3)].join();
		return color === "0,0,0" ? NONE : (ids.get(color) as number);
	});
	return { pixels };
}

function readCsv(files: ReadonlyMap<string, Uint8Array>, { labels }: ExportImage): Seen {
	const [head, ...rows] = textOf(files, "segments.csv").trimEnd().split("\n");
	const columns = head.split(",");
	const column = (name: string) => rows.map((row) => Number(row.split(",")[columns.indexOf(name)]));
	const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
	expect(sum(column("pixels"))).toBe(labels.data.filter((id) => id !== labels.background).length);
	expect(sum(column("share"))).toBeCloseTo(1);
	return { shapes: rising(column("id")) };
}

/** Every format, so that a new one has to have a reader here. */
const READERS: Readonly<Record<ExportFormatName, Reader>> = {
	masks: (files, image) => readPngs(files, image, 1),
	cutouts: (files, image) => readPngs(files, image, 4),
	coco: readCoco,
	yolo: (files) => ({
		shapes: rising(
			textOf(files, "labels/photo.txt")
				.trimEnd()
				.split("\n")
				.map((line) => Number(line.split(" ")[0])),
		),
	}),
	labelme: (files) => ({
		shapes: rising(
			JSON.parse(textOf(files, "photo.json")).shapes.map(({ label }: { label: string }) => idOfName(label)),
		),
	}),
	"label-studio": readLabelStudio,
	cvat: readCvat,
	"cvat-xml": readCvatXml,
	voc: (files) => ({ pixels: Array.from(readIndices(files, "SegmentationClass"), (index) => index - 1) }),
	geojson: readGeoJson,
	svg: (files, { labels }) => {
		const paths = [...textOf(files, "file").matchAll(/data-id="(\d+)" data-pixels="(\d+)"/g)];
		const drawn = paths.reduce((sum, [, , count]) => sum + Number(count), 0);
		expect(drawn).toBe(labels.data.filter((id) => id !== labels.background).length);
		return { shapes: rising(paths.map(([, id]) => Number(id))) };
	},
	tiff: async (files) => {
		const file = await fromArrayBuffer(only(files).buffer as ArrayBuffer);
		const [data] = (await (await file.getImage()).readRasters()) as unknown as [Uint32Array];
		return { pixels: Array.from(data, (value) => value - 1) };
	},
	npy: (files, { labels }) => {
		const bytes = only(files);
		const { BYTES_PER_ELEMENT: size } = labels.data;
		const ids = bytes.slice(bytes.length - labels.data.length * size);
		const stored = size === 1 ? ids : new Uint16Array(ids.buffer);
		return { pixels: Array.from(stored, (id) => (id === labels.background ? NONE : id)) };
	},
	csv: readCsv,
};

function write(name: ExportFormatName, image: ExportImage, options: ExportOptions): Map<string, Uint8Array> {
	const format = EXPORT_FORMATS[name];
	if (format.holds === "data set") {
		return writeDataSet(format.createWriter(kernels, options), [image]);
	}
	const text = format.encode(kernels, image, options);
	return new Map([["file", typeof text === "string" ? new TextEncoder().encode(text) : text]]);
}

const CASES = EXPORT_FORMAT_NAMES.flatMap((name) =>
	[false, true].map((splitRegions): [ExportFormatName, boolean] => [name, splitRegions]),
);

describe("pixels without data", () => {
	it.each(CASES)("are in no segment of %s (split: %s)", { timeout: 60_000 }, async (name, splitRegions) => {
		for (let index = 0; index < MAPS; index++) {
			const image = imageWithBackground(index);
			const { labels, segments } = image;
			const regions = labelRegions(kernels, labels);
			const shown = Array.from(regions.segments).filter((id) => id !== labels.background);
			const highest = Math.max(segments.at(-1)?.id ?? 0, splitRegions ? shown.length : 0);
			if ((name === "voc" || name === "cvat") && highest > 253) {
				// Their indices have 8 bits.
				continue;
			}
			const isSplit = splitRegions || name === "yolo" || name === "labelme";
			const files = write(name, image, { splitRegions, fullSize: true });
			const { pixels, shapes } = await READERS[name](files, image);
			if (pixels) {
				const expected = Array.from(labels.data, (id) => (id === labels.background ? NONE : id));
				expect(Array.from(pixels), `map ${index}`).toEqual(expected);
			}
			if (shapes) {
				expect(shapes, `map ${index}`).toEqual(isSplit ? rising(shown) : segments.map(({ id }) => id));
			}
			if (name === "voc" || name === "cvat") {
				const objects = readIndices(files, "SegmentationObject");
				const numbers = new Set(Array.from(objects).filter((number) => number > 0));
				expect(
					[...numbers].sort((a, b) => a - b),
					`map ${index}`,
				).toEqual(Array.from({ length: isSplit ? shown.length : segments.length }, (_, at) => at + 1));
				expect(Array.from(labels.data).every((id, at) => (id === labels.background) === (objects[at] === 0))).toBe(
					true,
				);
			}
		}
	});

	it("are in no polygon of COCO either", () => {
		for (let index = 0; index < MAPS; index++) {
			const image = imageWithBackground(index);
			const { annotations } = JSON.parse(textOf(write("coco", image, { polygons: true }), "instances.json"));
			const ids = annotations.map(({ category_id }: { category_id: number }) => category_id - 1);
			expect(ids).toEqual(image.segments.map(({ id }) => id));
		}
	});

	it("are refused where the map does not say that they are", () => {
		const { labels, ...image } = imageWithBackground(0);
		const { background: _, ...unmarked } = labels;
		expect(() => write("csv", { ...image, labels: unmarked }, {})).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});
});
