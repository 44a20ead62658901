import type { Kernels } from "@dinoseg/kernels";
import { segmentPixels } from "../background.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex } from "../palette.ts";
import { physicalArea } from "../physical-area.ts";
import { countRegions, type RegionStatistics, regionStatistics } from "../statistics.ts";
import { type DataSetWriter, type ExportPiece, linePieces } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage, type ExportSegment } from "./export-image.ts";
import { checkFile, checkNames, type TextRule } from "./text-rule.ts";

export interface CsvOptions {
	/** One row for each 4-connected region in place of each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/** Finds the regions. */
	readonly kernels: Kernels;
}

/** The one file of the data set. */
const FILE = "segments.csv";

/** For messages. */
const WHERE = "createCsvWriter";

/** What both kinds of rows have. */
const MEASURED = "pixels,share,area,area_unit,x,y,width,height,centroid_x,centroid_y,perimeter,mean_color";

/** What no reader of UTF-8 gives back: half of a surrogate pair, and NUL, at which some stop. */
const CSV_TEXT: TextRule = {
	forbidden: /[\p{Surrogate}\0]/u,
	demand: "be text that every reader takes: no NUL, no halves of a character",
};

/**
 * Write the statistics of a data set as `segments.csv`, one row for each segment of an image.
 *
 * Columns: image, id, name, color, (with `splitRegions` region, its number in raster order of the first pixels,) pixels,
 * share of the picture, area and area_unit (`um2`, square micrometres; both empty if the size of a pixel is not known), x, y, width and height of the box, centroid_x and centroid_y (the centre of the first pixel is at
 * 0.5), perimeter in sides of pixels, mean_color (of the photograph; empty if not known) and (without `splitRegions`)
 * regions, the number of 4-connected regions. Numbers are the shortest that read back as the same value.
 *
 * Convention: RFC 4180 in UTF-8 without byte order mark, but lines end in LF: every reader takes it, and tools that know
 * lines only would find a CR in the last column. Names are written as they are, also those that begin with = + - or @:
 * programs must read back the name that other formats have. Spreadsheets take such cells for formulas, so load a file
 * whose names you do not trust with the type of its columns set to text.
 *
 * Source: RFC 4180.
 *
 * @returns a writer that keeps nothing. `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID, also if a name has a NUL
 *   or half of a surrogate pair.
 */
export function createCsvWriter({ splitRegions = false, kernels }: CsvOptions): DataSetWriter {
	let isBegun = false;

	function begin(): ExportPiece[] {
		if (isBegun) {
			return [];
		}
		isBegun = true;
		const columns = splitRegions ? `region,${MEASURED}` : `${MEASURED},regions`;
		return [{ file: FILE, data: `image,id,name,color,${columns}\n` }];
	}

	return {
		add(image) {
			checkExportImage(WHERE, image, kernels.check);
			checkNames(WHERE, image, CSV_TEXT);
			checkFile(WHERE, image, CSV_TEXT);
			const rows = splitRegions ? regionRows(kernels, image) : segmentRows(kernels, image);
			return [...begin(), ...linePieces(FILE, 0, rows)];
		},
		end: begin,
	};
}

function segmentRows(kernels: Kernels, image: ExportImage): Iterable<string> {
	const { file, labels, segments, photograph } = image;
	const total = segmentPixels(labels, kernels.check);
	const statisticsOf = regionStatistics({ ...labels, total }, photograph, kernels.check);
	const regions = countRegions(labelRegions(kernels, labels), labels.count);
	return segments.flatMap((segment) => {
		const statistics = statisticsOf(segment.id);
		if (!statistics) {
			return [];
		}
		const meanColor = statistics.meanColor ?? segment.meanColor ?? "";
		const measured = measuredCells(statistics, image);
		return [`${segmentCells(file, segment)},${measured},${meanColor},${regions[segment.id]}\n`];
	});
}

function regionRows(kernels: Kernels, image: ExportImage): Iterable<string> {
	const { file, labels, segments, photograph } = image;
	const { width, height } = labels;
	const regions = labelRegions(kernels, labels);
	const statisticsOf = regionStatistics(
		{ data: regions.data, width, height, count: regions.count, total: segmentPixels(labels, kernels.check) },
		photograph,
		kernels.check,
	);
	const cells = new Map(segments.map((segment) => [segment.id, segmentCells(file, segment)]));
	return (function* () {
		for (let region = 0; region < regions.count; region++) {
			const shared = cells.get(regions.segments[region]);
			// The background has none.
			if (shared !== undefined) {
				// Every region has a pixel.
				const statistics = statisticsOf(region) as RegionStatistics;
				yield `${shared},${region},${measuredCells(statistics, image)},${statistics.meanColor ?? ""}\n`;
			}
		}
	})();
}

function segmentCells(file: string, { id, name, color }: ExportSegment): string {
	return `${textCell(file)},${id},${textCell(name)},${colorToHex(color)}`;
}

function measuredCells(
	{ pixels, share, bbox, centroid, perimeter }: RegionStatistics,
	{ pixelSize }: ExportImage,
): string {
	const [x, y, width, height] = bbox;
	const area = pixelSize ? `${physicalArea(pixels, pixelSize)},${pixelSize.unit}2` : ",";
	return `${pixels},${share},${area},${x},${y},${width},${height},${centroid[0]},${centroid[1]},${perimeter}`;
}

/** Quoted where a reader would else see the end of the cell, or cut off its spaces. */
function textCell(text: string): string {
	return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
