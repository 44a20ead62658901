import { checkedParts, type Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import { encodeLabelPng } from "../label-png.ts";
import { labelRegions } from "../label-regions.ts";
import type { Color } from "../palette.ts";
import type { DataSetWriter } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage, type ExportSegment } from "./export-image.ts";
import {
	countInstances,
	createVocFolder,
	DEFAULT_SET,
	instanceMap,
	type LabelLine,
	VOC_COLORMAP,
} from "./voc-folder.ts";

export interface VocOptions {
	readonly kernels: Kernels;
	/** An object for each connected region, not for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/**
	 * The colours of the classes, in the pictures and in `labelmap.txt`: `voc` those of Pascal VOC by index, `segments` the
	 * segments' own. Indices are the same.
	 *
	 * @default "voc"
	 */
	readonly palette?: "voc" | "segments" | undefined;
}

const FORMAT = "Pascal VOC";
/** Index 255 is void, the border that Pascal VOC draws around objects; it is never written. */
const MAX_INDEX = 254;

/**
 * Writes the folders of Pascal VOC segmentation: 8-bit indexed PNG files in which segment i has the index i + 1, with 0
 * for the background and 255 for void, which no pixel has; and the photographs, where images bring them as JPEG.
 *
 * `labelmap.txt` has a line for each index, those of no segment too, so that the number of a line is an index.
 * Source: VOC 2012 development kit, section 4.3; docs.cvat.ai/docs/dataset_management/formats/format-smask.
 */
export function createVocWriter({ kernels, splitRegions = false, palette = "voc" }: VocOptions): DataSetWriter {
	const folder = createVocFolder(FORMAT);
	const colorOf = ({ id, color }: ExportSegment): Color => (palette === "voc" ? VOC_COLORMAP[id + 1] : color);
	return {
		add(image) {
			checkExportImage(FORMAT, image, kernels.check);
			const { labels, segments } = image;
			const regions = splitRegions ? labelRegions(kernels, labels) : undefined;
			checkLimit(image, "id", segments.at(-1)?.id ?? 0, MAX_INDEX - 1);
			const instances = regions ? countInstances(labels, regions) : 0;
			checkLimit(image, "number of connected regions", instances, MAX_INDEX);
			const item = folder.add(image);
			const colors = [...VOC_COLORMAP];
			if (palette === "segments") {
				colors.fill(VOC_COLORMAP[0]);
				for (const segment of segments) {
					colors[segment.id + 1] = segment.color;
				}
			}
			const indices = new Uint8Array(labels.data.length);
			for (const { from, to } of checkedParts(kernels.check, indices.length)) {
				for (let at = from; at < to; at++) {
					indices[at] = labels.data[at] === labels.background ? 0 : labels.data[at] + 1;
				}
			}
			const { width, height } = labels;
			const classes = { data: indices, width, height, count: colors.length };
			const objects = instanceMap(labels, segments, regions, kernels.check);
			return [
				{ file: `SegmentationClass/${item}.png`, data: encodeLabelPng(classes, colors, kernels.check) },
				{ file: `SegmentationObject/${item}.png`, data: encodeLabelPng(objects, VOC_COLORMAP, kernels.check) },
				...(image.jpeg === undefined ? [] : [{ file: `JPEGImages/${item}.jpg`, data: image.jpeg }]),
			];
		},
		end() {
			const lines: LabelLine[] = [];
			for (const segment of folder.segments()) {
				while (lines.length < segment.id) {
					lines.push({ name: `_unused_${lines.length + 1}` });
				}
				lines.push({ name: segment.name, color: colorOf(segment) });
			}
			// Readers of Pascal VOC take `train`.
			return folder.end(lines, [DEFAULT_SET, "train"]);
		},
	};
}

function checkLimit({ file }: ExportImage, what: string, value: number, max: number): void {
	if (value > max) {
		throw new DinosegError(
			"EXPORT_UNSUPPORTED",
			`${FORMAT}: the highest ${what} must be ${max}, since indices have 8 bits; ${file} has ${value}. Take another format.`,
			{ details: { value, max } },
		);
	}
}
