import type { Kernels } from "@dinoseg/kernels";
import { encodeNpy } from "../npy.ts";
import { createCocoWriter } from "./coco.ts";
import { createCsvWriter } from "./csv.ts";
import { createCvatMaskWriter } from "./cvat-mask.ts";
import { createCvatXmlWriter } from "./cvat-xml.ts";
import type { DataSetWriter } from "./data-set-writer.ts";
import type { ExportImage } from "./export-image.ts";
import { encodeGeoJson } from "./geojson.ts";
import { createLabelStudioWriter } from "./label-studio.ts";
import { encodeSvg } from "./svg.ts";
import { createVocWriter } from "./voc.ts";

/** What an export can be told beside the pictures. No format takes all of it. */
export interface ExportOptions {
	/** An entry for each 4-connected region in place of one for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/** How far outlines may move, pixels; 0 keeps every pixel. @default 0 */
	readonly simplify?: number | undefined;
	/** What stands before the path of a photograph. @default "/data/local-files/?d=" */
	readonly imagePrefix?: string | undefined;
	/** Colours: `voc` those that Pascal VOC gives to indices, `segments` the segments' own. @default "voc" */
	readonly palette?: "voc" | "segments" | undefined;
}

interface Format {
	/** What it is for, in a few words. */
	readonly description: string;
	/** Name of its file or folder where the user gives none. */
	readonly fileName: string;
	/** The options that it takes. */
	readonly options: readonly (keyof ExportOptions)[];
}

/** A format whose files hold all images of a data set. */
export interface DataSetExportFormat extends Format {
	readonly holds: "data set";
	/** What the pieces make: one file, a folder of files, or a zip of them. */
	readonly container: "file" | "folder" | "zip";
	readonly createWriter: (kernels: Kernels, options: ExportOptions) => DataSetWriter;
}

/** A format with a file for each image. */
export interface ImageExportFormat extends Format {
	readonly holds: "image";
	readonly encode: (kernels: Kernels, image: ExportImage, options: ExportOptions) => string | Uint8Array;
}

/** Every format that label maps are exported in. */
export const EXPORT_FORMATS = {
	coco: {
		holds: "data set",
		description: "COCO instances: one JSON of compressed run lengths",
		fileName: "coco.json",
		options: ["splitRegions"],
		container: "file",
		createWriter: (kernels, { splitRegions }) => createCocoWriter({ kernels, splitRegions }),
	},
	"label-studio": {
		holds: "data set",
		description: "Label Studio: tasks with brush masks, and the labelling configuration",
		fileName: "label-studio",
		options: ["splitRegions", "imagePrefix"],
		container: "folder",
		createWriter: (kernels, { splitRegions, imagePrefix }) =>
			createLabelStudioWriter({ kernels, splitRegions, imagePrefix }),
	},
	cvat: {
		holds: "data set",
		description: "CVAT, Segmentation mask 1.1: a zip of masks",
		fileName: "cvat.zip",
		options: ["splitRegions"],
		container: "zip",
		createWriter: (kernels, { splitRegions }) => createCvatMaskWriter({ kernels, splitRegions }),
	},
	"cvat-xml": {
		holds: "data set",
		description: "CVAT for images 1.1: one XML of run lengths",
		fileName: "cvat.xml",
		options: ["splitRegions"],
		container: "file",
		createWriter: (kernels, { splitRegions }) => createCvatXmlWriter({ kernels, splitRegions }),
	},
	voc: {
		holds: "data set",
		description: "Pascal VOC: a folder of indexed PNGs",
		fileName: "voc",
		options: ["splitRegions", "palette"],
		container: "folder",
		createWriter: (kernels, { splitRegions, palette }) => createVocWriter({ kernels, splitRegions, palette }),
	},
	geojson: {
		holds: "image",
		description: "GeoJSON: polygons with holes, on the map where the image lies on one",
		fileName: "segments.geojson",
		options: ["splitRegions", "simplify"],
		encode: (kernels, image, { splitRegions, simplify }) => encodeGeoJson(kernels, image, { splitRegions, simplify }),
	},
	svg: {
		holds: "image",
		description: "SVG: filled outlines",
		fileName: "segments.svg",
		options: ["splitRegions", "simplify"],
		encode: (kernels, image, { splitRegions, simplify }) => encodeSvg(kernels, image, { splitRegions, simplify }),
	},
	npy: {
		holds: "image",
		description: "NumPy: the ids, (height, width)",
		fileName: "labels.npy",
		options: [],
		encode: (kernels, { labels }) => encodeNpy(labels.data, [labels.height, labels.width], kernels.check),
	},
	csv: {
		holds: "data set",
		description: "a table of areas, boxes, centroids, colours and perimeters",
		fileName: "segments.csv",
		options: ["splitRegions"],
		container: "file",
		createWriter: (kernels, { splitRegions }) => createCsvWriter({ kernels, splitRegions }),
	},
} as const satisfies Readonly<Record<string, DataSetExportFormat | ImageExportFormat>>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;

/** In the order in which help texts list them. */
export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as readonly ExportFormatName[];
