import type { Kernels } from "@dinoseg/kernels";
import { VERSION } from "../../version.ts";
import { type ColumnRuns, columnRuns } from "../column-runs.ts";
import { labelRegions } from "../label-regions.ts";
import { createMaskEncoder } from "../mask-encoder.ts";
import { outlineBounds, tracePolygons } from "../polygons/index.ts";
import { createCategoryTable } from "./category-table.ts";
import { type DataSetWriter, type ExportPiece, linePieces } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { createLostHoles } from "./lost-holes.ts";
import { polygonFeatures } from "./polygon-features.ts";

export interface CocoOptions {
	/** One annotation for each 4-connected region in place of each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/**
	 * The outlines of the regions in place of run lengths, for readers that know polygons only. Holes are filled, which
	 * `warnings` tells; `area` still counts the pixels.
	 *
	 * @default false
	 */
	readonly polygons?: boolean | undefined;
	/** With `polygons`: how far outlines may move, pixels. @default 0 */
	readonly simplify?: number | undefined;
	/** Finds the regions. */
	readonly kernels: Kernels;
}

/** The one file of the data set. */
const FILE = "instances.json";

/** Annotations stand before images, because each part grows with every image. */
const [ANNOTATIONS, IMAGES] = [0, 1];

/** For messages. */
const WHERE = "createCocoWriter";

/**
 * Write a data set as COCO instances: `instances.json`, one line for each annotation, image and category.
 *
 * Masks are compressed run lengths unless `polygons`, so holes and parts are kept and every pixel with data is in exactly
 * one mask.
 * `iscrowd` is 0: each mask is one object. Images and annotations are numbered from 1; the category of a segment is its
 * id + 1, because tools take 0 for background. A category has its colour as `color: [red, green, blue]`. With
 * `splitRegions`, annotations of an image follow the raster order of their first pixels. The file has no date: the same
 * data set gives the same bytes.
 *
 * Source: COCO data format, https://cocodataset.org/#format-data; `pycocotools/coco.py`.
 *
 * @returns a writer that keeps the categories only. `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID or
 *   INPUT_CONFLICT.
 */
export function createCocoWriter(options: CocoOptions): DataSetWriter {
	const { splitRegions = false, polygons: isPolygons = false, simplify, kernels } = options;
	const holes = createLostHoles("COCO polygons", "For whole masks leave the polygons away.");
	const categories = createCategoryTable();
	let isBegun = false;
	let images = 0;
	let annotations = 0;

	function begin(): ExportPiece[] {
		if (isBegun) {
			return [];
		}
		isBegun = true;
		const info = JSON.stringify({ description: "Segments found by dinoseg", version: VERSION });
		return [
			{ file: FILE, part: ANNOTATIONS, data: `{\n"info":${info},\n"licenses":[],\n"annotations":[` },
			{ file: FILE, part: IMAGES, data: '\n],\n"images":[' },
		];
	}

	function annotation(segment: number, segmentation: string, area: number, bbox: readonly number[]): string {
		const separator = annotations === 0 ? "\n" : ",\n";
		annotations++;
		const ids = `"id":${annotations},"image_id":${images},"category_id":${segment + 1}`;
		return `${separator}{${ids},"segmentation":${segmentation},"area":${area},"bbox":[${bbox.join(",")}],"iscrowd":0}`;
	}

	function* annotatePolygons({ labels, segments }: ExportImage): Generator<string> {
		const polygons = tracePolygons(kernels, labels, { simplify });
		for (const { segment, regions, pixels } of polygonFeatures(segments, polygons, splitRegions)) {
			const rings = Array.from(regions, (region) => holes.exterior(polygons.rings(region)));
			yield annotation(segment.id, JSON.stringify(rings), pixels, boundingBox(rings));
		}
	}

	function annotateMasks({ labels }: ExportImage): Generator<string> {
		const { width, height } = labels;
		const regions = splitRegions ? labelRegions(kernels, labels) : undefined;
		const runs = columnRuns(
			WHERE,
			regions ? { data: regions.data, width, height, count: regions.count } : labels,
			kernels.check,
		);
		return annotate(runs, labels.background, (id) => (regions ? regions.segments[id] : id));
	}

	function* annotate(
		runs: ColumnRuns,
		background: number | undefined,
		segmentOf: (id: number) => number,
	): Generator<string> {
		const encode = createMaskEncoder(runs, kernels.check);
		for (let id = 0; id < runs.count; id++) {
			const segment = segmentOf(id);
			const mask = encode(id);
			if (mask.pixels > 0 && segment !== background) {
				const rle = `{"size":[${runs.height},${runs.width}],"counts":${JSON.stringify(mask.counts)}}`;
				yield annotation(segment, rle, mask.pixels, mask.bbox);
			}
		}
	}

	return {
		add(image) {
			checkExportImage(WHERE, image, kernels.check);
			const { file, labels } = image;
			const { width, height } = labels;
			categories.add(image);
			images++;
			const lines = isPolygons ? annotatePolygons(image) : annotateMasks(image);
			const imageLine = JSON.stringify({ id: images, file_name: file, width, height });
			return [
				...begin(),
				...linePieces(FILE, ANNOTATIONS, lines),
				{ file: FILE, part: IMAGES, data: (images === 1 ? "\n" : ",\n") + imageLine },
			];
		},
		end() {
			const lines = categories.all().map(({ id, name, color }) => {
				return `\n${JSON.stringify({ id: id + 1, name, supercategory: "segment", color })}`;
			});
			return [...begin(), { file: FILE, part: IMAGES, data: `\n],\n"categories":[${lines.join(",")}\n]\n}\n` }];
		},
		warnings: holes.warnings,
	};
}

/** Around all rings: x, y, width and height. */
function boundingBox(rings: readonly (readonly number[])[]): number[] {
	const { left, top, right, bottom } = outlineBounds(rings);
	return [left, top, right - left, bottom - top];
}
