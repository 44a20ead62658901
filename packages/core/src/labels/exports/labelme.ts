import type { Kernels } from "@dinoseg/kernels";
import { type RegionPolygons, tracePolygons } from "../polygons/index.ts";
import { createCategoryTable } from "./category-table.ts";
import { type DataSetWriter, linePieces } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { createLostHoles } from "./lost-holes.ts";
import { segmentRegions } from "./polygon-features.ts";
import { createStemTable } from "./stem-table.ts";
import { checkFile, checkNames, type TextRule } from "./text-rule.ts";

export interface LabelmeOptions {
	readonly kernels: Kernels;
	/** Each connected region is an object of its own, not a part of its segment's. @default false */
	readonly splitRegions?: boolean | undefined;
	/** How far outlines may move, pixels; 0 keeps every pixel. @default 0 */
	readonly simplify?: number | undefined;
}

const FORMAT = "labelme";

/** Version of the format: that of the labelme whose files have it. */
const VERSION = "5.1.1";

/** The first lines of a list of labels, which labelme's converters demand. */
const RESERVED = ["__ignore__", "_background_"];

/** labelme strips the lines of its list of labels. */
const NAME: TextRule = {
	forbidden: new RegExp(`[\\p{Cc}\\p{Surrogate}\\u2028\\u2029]|^\\s|\\s$|^$|^(?:${RESERVED.join("|")})$`, "u"),
	demand: `have no line break, no space at its ends, not be empty, "${RESERVED.join('" or "')}"`,
};
const FILE: TextRule = { forbidden: /\p{Surrogate}/u, demand: "have no halves of a character" };

/**
 * Writes a JSON for each photograph, `<photograph without ending>.json`, and `labels.txt`, the list of labels. A shape is
 * the outline of a connected region; those of one segment have its id as `group_id`, which makes them one object.
 *
 * Polygons have no holes: they are filled, which `warnings` tells. A region comes after all that enclose it, so whoever
 * draws the shapes one over the other, as labelme's converters do, gets no segment too large. `imagePath` is the
 * photograph's own name, so it belongs beside the JSON.
 *
 * Source: labelme 5.1.1, `label_file.py` and `utils/shape.py`.
 *
 * @returns a writer that keeps the labels and the paths. `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID or
 *   INPUT_CONFLICT.
 */
export function createLabelmeWriter({ kernels, splitRegions = false, simplify }: LabelmeOptions): DataSetWriter {
	const categories = createCategoryTable();
	const stems = createStemTable(FORMAT);
	const holes = createLostHoles(FORMAT, "For whole masks take coco, cvat or masks.");

	function* linesOf({ file, labels, segments }: ExportImage, polygons: RegionPolygons): Generator<string> {
		const names = new Map(segments.map(({ id, name }) => [id, name]));
		yield `{"version":"${VERSION}","flags":{},"shapes":[`;
		// Regions are numbered by their first pixels, so one comes after all that enclose it.
		let separator = "";
		for (const region of segmentRegions(polygons, labels)) {
			const ring = holes.exterior(polygons.rings(region));
			const id = polygons.segments[region];
			const points = Array.from({ length: ring.length / 2 }, (_, at) => [ring[at * 2], ring[at * 2 + 1]]);
			const group = splitRegions ? null : id;
			const shape = { label: names.get(id), points, group_id: group, shape_type: "polygon", flags: {} };
			yield `${separator}\n${JSON.stringify(shape)}`;
			separator = ",";
		}
		const imagePath = file.slice(file.lastIndexOf("/") + 1);
		const rest = { imagePath, imageData: null, imageHeight: labels.height, imageWidth: labels.width };
		yield `\n],${JSON.stringify(rest).slice(1)}\n`;
	}

	return {
		add(image) {
			checkExportImage(FORMAT, image, kernels.check);
			checkNames(FORMAT, image, NAME);
			checkFile(FORMAT, image, FILE);
			const polygons = tracePolygons(kernels, image.labels, { simplify });
			const stem = stems.stemOf(image.file);
			categories.add(image);
			stems.add(image.file);
			return linePieces(`${stem}.json`, 0, linesOf(image, polygons));
		},
		end() {
			const lines = [...RESERVED, ...categories.all().map(({ name }) => name)];
			return [{ file: "labels.txt", data: lines.map((line) => `${line}\n`).join("") }];
		},
		warnings: holes.warnings,
	};
}
