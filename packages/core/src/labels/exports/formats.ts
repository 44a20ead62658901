import type { Kernels } from "@dinoseg/kernels";
import { encodeNpy } from "../npy.ts";
import { createCocoWriter } from "./coco.ts";
import { createCsvWriter } from "./csv.ts";
import { createCvatMaskWriter } from "./cvat-mask.ts";
import { createCvatXmlWriter } from "./cvat-xml.ts";
import type { DataSetWriter } from "./data-set-writer.ts";
import type { ExportImage } from "./export-image.ts";

import { type ExportFormatName, type ExportOptions, FORMAT_RECORDS, type FormatRecord } from "./format-records.ts";

import { encodeGeoJson } from "./geojson.ts";
import { createLabelStudioWriter } from "./label-studio.ts";
import { createCutoutsWriter, createSegmentMasksWriter } from "./segment-images.ts";
import { encodeSvg } from "./svg.ts";
import { createVocWriter } from "./voc.ts";
import { createYoloWriter } from "./yolo.ts";

/** A format whose files hold all images of a data set. */
export interface DataSetExportFormat extends FormatRecord {
	readonly holds: "data set";
	/** What the pieces make: one file, a folder of files, or a zip of them. */
	readonly container: "file" | "folder" | "zip";
	readonly createWriter: (kernels: Kernels, options: ExportOptions) => DataSetWriter;
}

/** A format with a file for each image. */
export interface ImageExportFormat extends FormatRecord {
	readonly holds: "image";
	readonly encode: (kernels: Kernels, image: ExportImage, options: ExportOptions) => string | Uint8Array;
}

/** Every format that label maps are exported in, with what writes it. */
export const EXPORT_FORMATS = {
	masks: {
		...FORMAT_RECORDS.masks,
		container: "folder",
		createWriter: (kernels, { pick }) => createSegmentMasksWriter({ kernels, pick }),
	},
	cutouts: {
		...FORMAT_RECORDS.cutouts,
		container: "folder",
		createWriter: (kernels, { pick, fullSize }) => createCutoutsWriter({ kernels, pick, fullSize }),
	},
	coco: {
		...FORMAT_RECORDS.coco,
		container: "file",
		createWriter: (kernels, { splitRegions, polygons, simplify }) =>
			createCocoWriter({ kernels, splitRegions, polygons, simplify }),
	},
	yolo: {
		...FORMAT_RECORDS.yolo,
		container: "folder",
		createWriter: (kernels, { simplify }) => createYoloWriter({ kernels, simplify }),
	},
	"label-studio": {
		...FORMAT_RECORDS["label-studio"],
		container: "folder",
		createWriter: (kernels, { splitRegions, imagePrefix }) =>
			createLabelStudioWriter({ kernels, splitRegions, imagePrefix }),
	},
	cvat: {
		...FORMAT_RECORDS.cvat,
		container: "zip",
		createWriter: (kernels, { splitRegions }) => createCvatMaskWriter({ kernels, splitRegions }),
	},
	"cvat-xml": {
		...FORMAT_RECORDS["cvat-xml"],
		container: "file",
		createWriter: (kernels, { splitRegions }) => createCvatXmlWriter({ kernels, splitRegions }),
	},
	voc: {
		...FORMAT_RECORDS.voc,
		container: "folder",
		createWriter: (kernels, { splitRegions, palette }) => createVocWriter({ kernels, splitRegions, palette }),
	},
	geojson: {
		...FORMAT_RECORDS.geojson,
		encode: (kernels, image, { splitRegions, simplify }) => encodeGeoJson(kernels, image, { splitRegions, simplify }),
	},
	svg: {
		...FORMAT_RECORDS.svg,
		encode: (kernels, image, { splitRegions, simplify }) => encodeSvg(kernels, image, { splitRegions, simplify }),
	},
	npy: {
		...FORMAT_RECORDS.npy,
		encode: (kernels, { labels }) => encodeNpy(labels.data, [labels.height, labels.width], kernels.check),
	},
	csv: {
		...FORMAT_RECORDS.csv,
		container: "file",
		createWriter: (kernels, { splitRegions }) => createCsvWriter({ kernels, splitRegions }),
	},
} as const satisfies Readonly<Record<ExportFormatName, DataSetExportFormat | ImageExportFormat>>;
