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
	/** Polygons in place of run lengths; holes are filled. @default false */
	readonly polygons?: boolean | undefined;
	/** Ids or names of the segments to write; digits alone are an id. @default all */
	readonly pick?: readonly string[] | undefined;
	/** Cut-outs as large as the photograph, not cropped. @default false */
	readonly fullSize?: boolean | undefined;
}

/** What people are told of a format, and what it can be told. */
export interface FormatRecord {
	/** What its files hold. */
	readonly holds: "data set" | "image";
	/** What it is for, in a few words. */
	readonly description: string;
	/** Name of its file or folder where the user gives none. */
	readonly fileName: string;
	/** The options that it takes. */
	readonly options: readonly (keyof ExportOptions)[];
}

/** Every format that label maps are exported in; what writes them is in `EXPORT_FORMATS`. */
export const FORMAT_RECORDS = {
	masks: {
		holds: "data set",
		description: "a black and white PNG for each segment, in a folder for each image",
		fileName: "masks",
		options: ["pick"],
	},
	cutouts: {
		holds: "data set",
		description: "a transparent PNG for each segment, cut out of the photograph",
		fileName: "cutouts",
		options: ["pick", "fullSize"],
	},
	coco: {
		holds: "data set",
		description: "COCO instances: one JSON of compressed run lengths, or of polygons",
		fileName: "coco.json",
		options: ["splitRegions", "polygons", "simplify"],
	},
	yolo: {
		holds: "data set",
		description: "Ultralytics YOLO, segmentation: outlines of connected regions",
		fileName: "yolo",
		options: ["simplify"],
	},
	labelme: {
		holds: "data set",
		description: "labelme: a JSON of polygons for each image",
		fileName: "labelme",
		options: ["splitRegions", "simplify"],
	},
	"label-studio": {
		holds: "data set",
		description: "Label Studio: tasks with brush masks, and the labelling configuration",
		fileName: "label-studio",
		options: ["splitRegions", "imagePrefix"],
	},
	cvat: {
		holds: "data set",
		description: "CVAT, Segmentation mask 1.1: a zip of masks",
		fileName: "cvat.zip",
		options: ["splitRegions"],
	},
	"cvat-xml": {
		holds: "data set",
		description: "CVAT for images 1.1: one XML of run lengths",
		fileName: "cvat.xml",
		options: ["splitRegions"],
	},
	voc: {
		holds: "data set",
		description: "Pascal VOC: a folder of indexed PNGs",
		fileName: "voc",
		options: ["splitRegions", "palette"],
	},
	geojson: {
		holds: "image",
		description: "GeoJSON: polygons with holes, on the map where the image lies on one",
		fileName: "segments.geojson",
		options: ["splitRegions", "simplify"],
	},
	svg: {
		holds: "image",
		description: "SVG: filled outlines",
		fileName: "segments.svg",
		options: ["splitRegions", "simplify"],
	},
	tiff: {
		holds: "image",
		description: "TIFF: id + 1 in 32 bits, on the map where the image lies on one",
		fileName: "labels.tif",
		options: [],
	},
	npy: {
		holds: "image",
		description: "NumPy: the ids, (height, width)",
		fileName: "labels.npy",
		options: [],
	},
	csv: {
		holds: "data set",
		description: "a table of areas, boxes, centroids, colours and perimeters",
		fileName: "segments.csv",
		options: ["splitRegions"],
	},
} as const satisfies Readonly<Record<string, FormatRecord>>;

export type ExportFormatName = keyof typeof FORMAT_RECORDS;

/** In the order in which help texts list them. */
export const EXPORT_FORMAT_NAMES = Object.keys(FORMAT_RECORDS) as readonly ExportFormatName[];
