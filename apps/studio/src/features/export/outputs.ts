import { type ExportFormatName, type ExportOptions, FORMAT_RECORDS } from "@dinoseg/core/labels/formats";
import type { SegmentKind } from "@dinoseg/core/options";
import type { ResultOutput } from "@dinoseg/core/result";

/** Something that can be written of a picture. */
export interface OutputChoice {
	readonly key: string;
	readonly title: string;
	readonly description: string;
	readonly group: "Pictures" | "For other tools";
	/** Options of the format that a person can set. */
	readonly options: readonly (keyof ExportOptions)[];
	/** @default both kinds of segments have it */
	readonly only?: SegmentKind;
	/** What it is called, for whichever picture it is made of. */
	make(options: ExportOptions, picked: readonly number[]): ResultOutput;
}

const file = (title: string, description: string, name: string, only?: SegmentKind): OutputChoice => ({
	key: name,
	title,
	description,
	group: "Pictures",
	options: [],
	...(only ? { only } : {}),
	make: () => ({ file: name }),
});

const PICTURES: readonly OutputChoice[] = [
	file("Label map", "labels.png: the ids of the segments, at the size of the photograph", "labels.png"),
	file("Overlay", "overlay.png: colours and outlines over the photograph", "overlay.png"),
	{
		key: "cutout",
		title: "Cut-out",
		description: "cutout.png: the selected segments, transparent elsewhere",
		group: "Pictures",
		options: [],
		make: (_options, picked) => ({ cutout: { pick: picked.length > 0 ? picked.map(String) : undefined } }),
	},
	file("Figure", "figure.png: original, median blur, patches and segments side by side", "figure.png"),
	file("Data", "segments.json: everything that is known, to open again later", "segments.json"),
	file("Confidence", "confidence.png: how clearly each pixel belongs where it is", "confidence.png"),
	file("Borders", "borders.png: all cuts of the region tree in one picture", "borders.png", "regions"),
];

/** How the tools are written by those who make them. */
const TITLES: Readonly<Record<ExportFormatName, string>> = {
	masks: "Masks",
	cutouts: "Cut-outs",
	coco: "COCO",
	yolo: "YOLO",
	labelme: "labelme",
	"label-studio": "Label Studio",
	cvat: "CVAT",
	"cvat-xml": "CVAT XML",
	voc: "Pascal VOC",
	geojson: "GeoJSON",
	svg: "SVG",
	tiff: "TIFF",
	npy: "NumPy",
	csv: "Table (CSV)",
};

/** Options that make sense for one picture in the hand. */
const OFFERED: readonly (keyof ExportOptions)[] = ["splitRegions", "polygons", "fullSize", "simplify"];

const FORMATS = (Object.keys(FORMAT_RECORDS) as ExportFormatName[]).map((format): OutputChoice => {
	const options: readonly (keyof ExportOptions)[] = FORMAT_RECORDS[format].options;
	return {
		key: format,
		title: TITLES[format],
		description: FORMAT_RECORDS[format].description,
		group: "For other tools",
		options: options.filter((option) => OFFERED.includes(option)),
		make: (given, picked) => ({
			export: format,
			options: {
				...given,
				...(options.includes("pick") && picked.length > 0 ? { pick: picked.map(String) } : {}),
			},
		}),
	};
});

/** Everything that can be written. */
export const OUTPUTS: readonly OutputChoice[] = [...PICTURES, ...FORMATS];
