import { type Check, checkedParts } from "@dinoseg/kernels";
import { DinosegError, optionName } from "../../errors/index.ts";
import type { LabelMap } from "../label-map.ts";
import type { LabelRegions } from "../label-regions.ts";
import { type Color, colorToHex, type Palette } from "../palette.ts";
import { createCategoryTable } from "./category-table.ts";
import type { ExportPiece } from "./data-set-writer.ts";
import type { ExportImage, ExportSegment } from "./export-image.ts";
import { createStemTable } from "./stem-table.ts";
import { checkFile, checkNames, type TextRule } from "./text-rule.ts";

/**
 * The colours of Pascal VOC by index: the bits of an index, from the lowest, go in turn to red, green and blue, each from
 * its highest bit down. Shape (256, 3); entry 0 is black.
 *
 * Source: VOC development kit, `VOClabelcolormap.m`.
 */
export const VOC_COLORMAP: Palette = Array.from({ length: 256 }, (_, index): Color => {
	const channel = (first: number): number => {
		let value = 0;
		for (let bit = 0; bit * 3 + first < 8; bit++) {
			value |= ((index >> (bit * 3 + first)) & 1) << (7 - bit);
		}
		return value;
	};
	return [channel(0), channel(1), channel(2)];
});

const BACKGROUND = "background";

/** The list of images that importers look for. */
export const DEFAULT_SET = "default";

/** Readers split the lines of `labelmap.txt` at colons, strip them, and skip those that begin with #. */
const LABEL: TextRule = {
	forbidden: /[:\p{Cc}\p{Surrogate}\u2028\u2029]|^#|^\s|\s$|^$|^background$|^_unused_\d+$/u,
	demand: `have no colon, no line break, no # at its begin, no space at its ends, not be empty, "${BACKGROUND}" or "_unused_1"`,
};
/** The same goes for the lines of lists of images. */
const FILE: TextRule = {
	forbidden: /[\p{Cc}\p{Surrogate}\u2028\u2029]|^#|^\s|\s(?:\.[^./]*)?$/u,
	demand: "have no line break, no # at its begin, no space at its ends or before its ending",
};

/** A line of `labelmap.txt`. */
export interface LabelLine {
	readonly name: string;
	/** @default no pixel has the label */
	readonly color?: Color;
}

/** The text files of a folder in the layout of Pascal VOC, and what goes for all its images. */
interface VocFolder {
	/**
	 * @returns the path of the image's masks below their folders, without ending.
	 * @throws DinosegError OPTION_INVALID if a name, colour or path does not fit the files, INPUT_CONFLICT; the image is
	 *   then not part of the folder.
	 */
	add(image: ExportImage): string;
	/** By rising id. */
	segments(): readonly ExportSegment[];
	/**
	 * @param labels those after the background, in order.
	 * @param imageSets lists to write, each of all images. @default only that which importers look for
	 */
	end(labels: readonly LabelLine[], imageSets?: readonly string[]): readonly ExportPiece[];
}

/**
 * A folder without images; it keeps the names of its files.
 *
 * @param format what messages call it.
 */
export function createVocFolder(format: string): VocFolder {
	const categories = createCategoryTable();
	const items = createStemTable(format);
	return {
		add(image) {
			checkNames(format, image, LABEL);
			checkFile(format, image, FILE);
			checkColors(format, image);
			const item = items.stemOf(image.file);
			categories.add(image);
			items.add(image.file);
			return item;
		},
		segments: () => categories.all(),
		end(labels, imageSets = [DEFAULT_SET]) {
			const lines = [{ name: BACKGROUND, color: VOC_COLORMAP[0] }, ...labels].map(
				({ name, color }: LabelLine) => `${name}:${color?.join(",") ?? ""}::\n`,
			);
			const list = items
				.all()
				.map((item) => `${item}\n`)
				.join("");
			return [
				{ file: "labelmap.txt", data: `# label:color_rgb:parts:actions\n${lines.join("")}` },
				...imageSets.map((name) => ({ file: `ImageSets/Segmentation/${name}.txt`, data: list })),
			];
		},
	};
}

/** Black is the background. */
function checkColors(format: string, { file, segments }: ExportImage): void {
	for (const { id, color } of segments) {
		if (colorToHex(color) === colorToHex(VOC_COLORMAP[0])) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${format}: the colour of segment ${id} of ${file} must not be black, which is the background. Give it another: ${optionName("names")}.`,
				{ details: { id } },
			);
		}
	}
}

/** The connected regions that are no part of the background. */
export function countInstances({ background }: LabelMap, { segments }: LabelRegions): number {
	return segments.reduce((count, segment) => count + (segment === background ? 0 : 1), 0);
}

/**
 * The number of the instance that each pixel belongs to: a region where they are given, else a segment. Numbers begin at
 * 1, in the order of the regions or segments, and must fit a byte; the background has 0.
 *
 * @param check called between steps.
 */
export function instanceMap(
	labels: LabelMap,
	segments: readonly ExportSegment[],
	regions: LabelRegions | undefined,
	check: Check,
): LabelMap {
	const data = new Uint8Array(labels.data.length);
	const parts = regions ? regions.data : labels.data;
	const numbers = regions ? numberRegions(labels, regions) : new Uint8Array(65536);
	for (const [index, { id }] of regions ? [] : segments.entries()) {
		numbers[id] = index + 1;
	}
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let at = from; at < to; at++) {
			data[at] = numbers[parts[at]];
		}
	}
	return { data, width: labels.width, height: labels.height, count: 256 };
}

function numberRegions({ background }: LabelMap, { segments }: LabelRegions): Uint8Array {
	let last = 0;
	return Uint8Array.from(segments, (segment) => (segment === background ? 0 : ++last));
}
