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
import { createLabelmeWriter } from "./labelme.ts";
import { createReferenceNotes, type ExportNotes } from "./reference-notes.ts";
import { createCutoutsWriter, createSegmentMasksWriter } from "./segment-images.ts";
import { encodeSvg } from "./svg.ts";
import { encodeLabelTiff } from "./tiff.ts";
import { createVocWriter } from "./voc.ts";
import { createYoloWriter } from "./yolo.ts";

/** A format whose files hold all images of a data set. */
export interface DataSetExportFormat extends FormatRecord {
	readonly holds: "data set";
	/** What the pieces make: one file, a folder of files, or a zip of them. */
	readonly container: "file" | "folder" | "zip";
	/** What the name of the file beside the data set adds to the data set's. @default there is none */
	readonly beside?: string;
	readonly createWriter: (kernels: Kernels, options: ExportOptions) => DataSetWriter;
}

/** A format with a file for each image. */
export interface ImageExportFormat extends FormatRecord {
	readonly holds: "image";
	readonly encode: (kernels: Kernels, image: ExportImage, options: ExportOptions) => string | Uint8Array;
	/** @default there is nothing to know of its images */
	readonly createNotes?: () => ExportNotes;
}

const CVAT_LABELS = ".labels.json";

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
	labelme: {
		...FORMAT_RECORDS.labelme,
		container: "folder",
		createWriter: (kernels, { splitRegions, simplify }) => createLabelmeWriter({ kernels, splitRegions, simplify }),
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
		beside: CVAT_LABELS,
		createWriter: (kernels, { splitRegions }) => createCvatMaskWriter({ kernels, splitRegions }),
	},
	"cvat-xml": {
		...FORMAT_RECORDS["cvat-xml"],
		container: "file",
		beside: CVAT_LABELS,
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
		createNotes: createReferenceNotes,
	},
	svg: {
		...FORMAT_RECORDS.svg,
		encode: (kernels, image, { splitRegions, simplify }) => encodeSvg(kernels, image, { splitRegions, simplify }),
	},
	tiff: {
		...FORMAT_RECORDS.tiff,
		encode: (kernels, image) => encodeLabelTiff(kernels, image),
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
