import type { Check, Kernels } from "@dinoseg/kernels";
import { labelRegions } from "../label-regions.ts";
import { colorToHex } from "../palette.ts";
import { createCategoryTable } from "./category-table.ts";
import { cvatLabels } from "./cvat-labels.ts";
import type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
import { checkExportImage } from "./export-image.ts";
import { type MaskRuns, maskRuns } from "./mask-runs.ts";
import { checkFile, checkNames, escapeXml, type TextRule, XML_TEXT } from "./text-rule.ts";

export interface CvatXmlOptions {
	readonly kernels: Kernels;
	/** A mask for each connected region, not for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
}

const FORMAT = "CVAT for images";
const FILE = "annotations.xml";

/** Positions of runs between two checks, an even number. */
const CHECKED_POSITIONS = 8192;

/** The labels come first and are known last. */
const HEAD = 0;
const IMAGES = 1;
const TAIL = 2;

/** Labels are found by their exact name, and space at its ends is easily lost where a person types them into CVAT. */
const NAME: TextRule = {
	forbidden: new RegExp(`${XML_TEXT.forbidden.source}|^$|^\\s|\\s$`, "u"),
	demand: `${XML_TEXT.demand}, not empty, without space at its ends`,
};

/**
 * Writes `annotations.xml` of CVAT for images 1.1: a mask for each segment; and beside it the labels for the
 * task.
 *
 * Source: docs.cvat.ai/docs/dataset_management/formats/format-xml.
 */
export function createCvatXmlWriter({ kernels, splitRegions = false }: CvatXmlOptions): DataSetWriter {
	const categories = createCategoryTable();
	let images = 0;
	return {
		add(image) {
			checkExportImage(FORMAT, image, kernels.check);
			checkNames(FORMAT, image, NAME);
			checkFile(FORMAT, image, XML_TEXT);
			categories.add(image);
			const { labels, segments, file } = image;
			const names = new Map(segments.map(({ id, name }) => [id, escapeXml(name)]));
			const attributes = `id="${images}" name="${escapeXml(file)}" width="${labels.width}" height="${labels.height}"`;
			images++;
			const masks = maskRuns(labels, splitRegions ? labelRegions(kernels, labels) : undefined, kernels.check);
			return imagePieces(kernels.check, attributes, labels.width, masks, names);
		},
		end() {
			const labels = categories.all().map(({ name, color }) => {
				const text = `          <name>${escapeXml(name)}</name>\n          <color>${colorToHex(color)}</color>\n`;
				const rest = "          <type>mask</type>\n          <attributes>\n          </attributes>\n";
				return `        <label>\n${text}${rest}        </label>\n`;
			});
			const task =
				`      <name>dinoseg</name>\n      <size>${images}</size>\n      <mode>annotation</mode>\n` +
				`      <overlap>0</overlap>\n      <labels>\n${labels.join("")}      </labels>\n`;
			const head =
				`<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n` +
				`  <meta>\n    <task>\n${task}    </task>\n  </meta>\n`;
			return [
				{ file: FILE, part: HEAD, data: head },
				{ file: FILE, part: TAIL, data: "</annotations>\n" },
			];
		},
		beside: () => cvatLabels(categories.all()),
	};
}

/** One image, mask by mask: noise has millions. */
function* imagePieces(
	check: Check,
	attributes: string,
	width: number,
	masks: readonly MaskRuns[],
	names: ReadonlyMap<number, string>,
): Generator<ExportPiece> {
	yield { file: FILE, part: IMAGES, data: `  <image ${attributes}>\n` };
	for (const mask of masks) {
		const [left, top, boxWidth, boxHeight] = mask.bbox;
		const data =
			`    <mask label="${names.get(mask.segment)}" source="auto" occluded="0" ` +
			`rle="${cropRunLengths(check, mask, width).join(", ")}" ` +
			`left="${left}" top="${top}" width="${boxWidth}" height="${boxHeight}" z_order="0">\n    </mask>\n`;
		yield { file: FILE, part: IMAGES, data };
	}
	yield { file: FILE, part: IMAGES, data: "  </image>\n" };
}

/**
 * The run lengths of a mask within its bounding box, row by row, first those outside the mask. As CVAT does, a last run
 * outside is written too, so that the lengths add up to the box.
 */
function cropRunLengths(check: Check, { runs, bbox }: MaskRuns, imageWidth: number): number[] {
	const [left, top, width, height] = bbox;
	const inBox = (position: number): number => {
		const y = Math.floor(position / imageWidth);
		return (y - top) * width + position - y * imageWidth - left;
	};
	const lengths: number[] = [];
	let covered = 0;
	for (let at = 0; at < runs.length; at += 2) {
		if (at % CHECKED_POSITIONS === 0) {
			check();
		}
		const begin = inBox(runs[at]);
		const end = inBox(runs[at + 1] - 1) + 1;
		if (begin === covered && at > 0) {
			// Pixels of the box's two sides follow each other.
			lengths[lengths.length - 1] += end - begin;
		} else {
			lengths.push(begin - covered, end - begin);
		}
		covered = end;
	}
	if (covered < width * height) {
		lengths.push(width * height - covered);
	}
	return lengths;
}
