import type { Kernels } from "@dinoseg/kernels";
import type { LabelMap } from "../label-map.ts";
import { tracePolygons } from "../polygons/index.ts";
import { createCategoryTable } from "./category-table.ts";
import { type DataSetWriter, linePieces } from "./data-set-writer.ts";
import { checkExportImage } from "./export-image.ts";
import { createLostHoles } from "./lost-holes.ts";
import { segmentRegions } from "./polygon-features.ts";
import { createStemTable } from "./stem-table.ts";
import { checkNames, type TextRule } from "./text-rule.ts";

export interface YoloOptions {
	readonly kernels: Kernels;
	/** How far outlines may move, pixels; 0 keeps every pixel. @default 0 */
	readonly simplify?: number | undefined;
}

const FORMAT = "YOLO";

const NAME: TextRule = { forbidden: /\p{Surrogate}|^\s*$/u, demand: "have no halves of a character, not be empty" };

/** What JSON leaves as it is and YAML does not print or takes for the end of a line. */
const NOT_PRINTED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Writes a data set for segmentation with Ultralytics YOLO: `data.yaml` and `labels/<photograph without ending>.txt`. A
 * line is a connected region: the id of its segment, then x and y of the corners of its outline, as shares of the width
 * and height of the image.
 *
 * A line has one polygon, so a segment in several parts is several lines, and holes are filled, which `warnings` tells. The
 * class of a segment is its id; `data.yaml` calls ids without a segment `_unused_3`, because classes have no gaps there. The
 * photographs belong into `images` beside `labels`, where this writes those that images bring as JPEG.
 *
 * Source: docs.ultralytics.com/datasets/segment.
 *
 * @returns a writer that keeps the classes and the paths. `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID or
 *   INPUT_CONFLICT.
 */
export function createYoloWriter({ kernels, simplify }: YoloOptions): DataSetWriter {
	const categories = createCategoryTable();
	const stems = createStemTable(FORMAT);
	const holes = createLostHoles(FORMAT, "For whole masks take coco, cvat or masks.");

	function* linesOf(polygons: ReturnType<typeof tracePolygons>, labels: LabelMap): Generator<string> {
		const { width, height } = labels;
		for (const region of segmentRegions(polygons, labels)) {
			const ring = holes.exterior(polygons.rings(region));
			const shares = ring.map((value, at) => share(value, at % 2 === 0 ? width : height));
			yield `${polygons.segments[region]} ${shares.join(" ")}\n`;
		}
	}

	return {
		add(image) {
			checkExportImage(FORMAT, image, kernels.check);
			checkNames(FORMAT, image, NAME);
			const polygons = tracePolygons(kernels, image.labels, { simplify });
			const stem = stems.stemOf(image.file);
			categories.add(image);
			stems.add(image.file);
			const photographs = image.jpeg === undefined ? [] : [{ file: `images/${stem}.jpg`, data: image.jpeg }];
			return [...photographs, ...linePieces(`labels/${stem}.txt`, 0, linesOf(polygons, image.labels))];
		},
		end() {
			const names: string[] = [];
			for (const { id, name } of categories.all()) {
				while (names.length < id) {
					names.push(`_unused_${names.length}`);
				}
				names.push(name);
			}
			const lines = names.map((name, id) => `  ${id}: ${quote(name)}\n`);
			return [{ file: "data.yaml", data: `train: images\nval: images\nnames:\n${lines.join("")}` }];
		},
		warnings: holes.warnings,
	};
}

/** Seven digits tell the corners of pixels apart in an image of a million pixels a side. */
function share(value: number, side: number): number {
	return Number((value / side).toFixed(7));
}

function quote(name: string): string {
	return JSON.stringify(name).replace(
		NOT_PRINTED,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
