import type { Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import { encodeColorPng, encodeLabelPng } from "../label-png.ts";
import { labelRegions } from "../label-regions.ts";
import { cvatLabels } from "./cvat-labels.ts";
import type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
import { checkExportImage } from "./export-image.ts";
import { countInstances, createVocFolder, instanceMap, VOC_COLORMAP } from "./voc-folder.ts";

export interface CvatMaskOptions {
	readonly kernels: Kernels;
	/** An instance for each connected region, not for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
}

const FORMAT = "CVAT segmentation mask";
/** Colours of instances that an importer knows, without black. */
const MAX_INSTANCES = 255;

/**
 * Writes the entries of a zip in CVAT's format Segmentation mask 1.1, and beside it the labels for the task.
 *
 * The classes are pictures of colours, not of indices: an index must be the line of `labelmap.txt`, which is known only
 * after the last image, while a colour says the same to both ways in which the importer decodes (OpenCV gives the
 * colours of an indexed PNG, Pillow its indices). The instances are indexed with the colours of Pascal VOC, so both ways
 * give the same number. A picture of more than 255 segments has no file of instances: the importer then makes one of each
 * colour, which is the same.
 *
 * Source: docs.cvat.ai/docs/dataset_management/formats/format-smask; Datumaro, the plugin `voc` and `util/mask_tools.py`.
 */
export function createCvatMaskWriter({ kernels, splitRegions = false }: CvatMaskOptions): DataSetWriter {
	const folder = createVocFolder(FORMAT);
	return {
		add(image) {
			checkExportImage(FORMAT, image, kernels.check);
			const { labels, segments } = image;
			const regions = splitRegions ? labelRegions(kernels, labels) : undefined;
			const instances = regions ? countInstances(labels, regions) : segments.length;
			if (regions && instances > MAX_INSTANCES) {
				throw new DinosegError(
					"EXPORT_UNSUPPORTED",
					`${FORMAT}: a picture must have at most ${MAX_INSTANCES} connected regions, ${image.file} has ${instances}. ` +
						"Leave splitRegions away, or take CVAT for images.",
					{ details: { regions: instances, max: MAX_INSTANCES } },
				);
			}
			const item = folder.add(image);
			const colors = new Uint8Array(65536 * 3);
			for (const { id, color } of segments) {
				colors.set(color, id * 3);
			}
			const pieces: ExportPiece[] = [
				{ file: `SegmentationClass/${item}.png`, data: encodeColorPng(labels, colors, kernels.check) },
			];
			if (instances <= MAX_INSTANCES) {
				const numbers = instanceMap(labels, segments, regions, kernels.check);
				const data = encodeLabelPng(numbers, VOC_COLORMAP, kernels.check);
				pieces.push({ file: `SegmentationObject/${item}.png`, data });
			}
			return pieces;
		},
		end: () => folder.end(folder.segments()),
		beside: () => cvatLabels(folder.segments()),
	};
}
