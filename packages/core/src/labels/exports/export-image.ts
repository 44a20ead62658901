import { type Check, checkedParts } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import type { PixelSize } from "../../options/index.ts";
import type { Georeference } from "../georeference.ts";
import { checkLabelMap, type LabelMap } from "../label-map.ts";
import type { Color } from "../palette.ts";

/** A segment as every format shows it: the same id, name and colour in all. */
export interface ExportSegment {
	readonly id: number;
	readonly name: string;
	readonly color: Color;
	/** Mean of the photograph over the segment, `#rrggbb`. @default not known */
	readonly meanColor?: string | undefined;
}

/** A segmented picture to be written in the format of another tool. */
export interface ExportImage {
	/** The photograph's file as the data set names it: relative, with forward slashes, without `..`. */
	readonly file: string;
	readonly labels: LabelMap;
	/** By rising id; one for each id that has a pixel, no others and none for the background. */
	readonly segments: readonly ExportSegment[];
	/** @default the picture lies on no map */
	readonly georeference?: Georeference | undefined;
	/** What a pixel shows. @default not known */
	readonly pixelSize?: PixelSize | undefined;
	/** Shape (height, width, 3). For what needs its colours. @default not known */
	readonly photograph?: RgbImage | undefined;
	/** The photograph as a JPEG file, upright. Data sets that hold photographs hold it then. @default they do without */
	readonly jpeg?: Uint8Array | undefined;
}

/**
 * Throw unless the label map is whole and each of its ids has a segment, or is the background.
 *
 * @param check called between steps.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function checkExportImage(where: string, image: ExportImage, check: Check): void {
	checkLabelMap(where, image.labels);
	const known = new Uint8Array(65536);
	for (const { id } of image.segments) {
		known[id] = 1;
	}
	const { data, background } = image.labels;
	if (background !== undefined) {
		known[background] = 1;
	}
	// By index: walking an array of millions by its iterator takes many times as long.
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			const id = data[pixel];
			if (known[id] === 0) {
				throw new DinosegError(
					"OPTION_INVALID",
					`${where}: ${image.file} has pixels of the id ${id}, and segments has no such entry. Give every id a name and a colour.`,
					{ details: { id } },
				);
			}
		}
	}
}

/** A file's path without its ending: `sub/b.tar.jpg` becomes `sub/b.tar`. */
export function withoutEnding(file: string): string {
	const dot = file.lastIndexOf(".");
	return dot > file.lastIndexOf("/") + 1 ? file.slice(0, dot) : file;
}
