import { type Check, checkedParts, type Kernels } from "@dinoseg/kernels";
import { encode } from "fast-png";
import { DinosegError, optionName } from "../../errors/index.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import { defaultSegmentName } from "../names/default-segment-name.ts";
import type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage, type ExportSegment } from "./export-image.ts";
import { type MaskRuns, maskRuns } from "./mask-runs.ts";
import { createSegmentPick } from "./segment-pick.ts";
import { createStemTable } from "./stem-table.ts";

export interface SegmentMasksOptions {
	readonly kernels: Kernels;
	/** Ids or names of the segments to write; a number is an id. @default all */
	readonly pick?: readonly string[] | undefined;
}

export interface CutoutsOptions extends SegmentMasksOptions {
	/** As large as the photograph, not cropped to the segment's box. @default false */
	readonly fullSize?: boolean | undefined;
}

/** Deflate level of masks and cut-outs. */
const ZLIB = { level: 3 } as const;

/** Characters of a name in a file's name: with four bytes each, it stays below the 255 bytes of file systems. */
const MAX_NAME = 60;

/**
 * Writes a folder for each image with a PNG for each segment: 8-bit grey, as large as the image, 255 where the segment is
 * and 0 elsewhere.
 *
 * Convention: a file is called by the segment's id, and by its name if it has one of its own: `3-tall-grass.png`. What is
 * no letter, digit, dot, underscore or hyphen becomes a hyphen.
 *
 * @returns a writer whose `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID or INPUT_CONFLICT, and whose `end`
 *   throws OPTION_INVALID if no image has a segment that was picked.
 */
export function createSegmentMasksWriter({ kernels, pick }: SegmentMasksOptions): DataSetWriter {
	return createSegmentImagesWriter(
		"masks",
		kernels,
		pick,
		() => {},
		({ labels: { width, height } }, mask) => encodeMask(kernels.check, mask, width, height),
	);
}

/**
 * Writes a folder for each image with a PNG for each segment: the photograph where the segment is, transparent black
 * elsewhere; 8-bit RGBA, cropped to the segment's box or as large as the image. Files are called as those of
 * `createSegmentMasksWriter`.
 *
 * @returns a writer whose `add` throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if the image has no photograph, or
 *   INPUT_CONFLICT, and whose `end` throws OPTION_INVALID if no image has a segment that was picked.
 */
export function createCutoutsWriter({ kernels, pick, fullSize = false }: CutoutsOptions): DataSetWriter {
	return createSegmentImagesWriter("cutouts", kernels, pick, photographOf, (image, mask) => {
		const { width, height } = image.labels;
		const box: MaskRuns["bbox"] = fullSize ? [0, 0, width, height] : mask.bbox;
		return encodeCutout(kernels.check, photographOf(image), [mask], box);
	});
}

/**
 * Encode some segments of a photograph in one PNG: its pixels where they are, transparent black elsewhere; 8-bit RGBA,
 * cropped to the box around them.
 *
 * @param options without `pick`, the largest segment; of equal ones, that with the lowest id.
 * @throws DinosegError SHAPE_MISMATCH; OPTION_INVALID if there is no photograph, or no segment that was picked.
 */
export function encodeSegmentsCutout(image: ExportImage, { kernels, pick: picked }: SegmentMasksOptions): Uint8Array {
	const { check } = kernels;
	checkExportImage("cutout", image, check);
	const photograph = photographOf(image);
	const masks = maskRuns(image.labels, undefined, check);
	if (picked === undefined) {
		const largest = masks.reduce((best, mask) => (pixelsOf(mask) > pixelsOf(best) ? mask : best));
		return encodeCutout(check, photograph, [largest], largest.bbox);
	}
	const pick = createSegmentPick("cutout", picked);
	const ids = new Set(pick.of(image).map(({ id }) => id));
	pick.checkFound();
	const wanted = masks.filter(({ segment }) => ids.has(segment));
	const boxes = wanted.map(({ bbox: [x, y, width, height] }) => [x, y, x + width, y + height]);
	const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])));
	const [right, bottom] = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side])));
	return encodeCutout(check, photograph, wanted, [left, top, right - left, bottom - top]);
}

function pixelsOf({ runs }: MaskRuns): number {
	let pixels = 0;
	for (let at = 0; at < runs.length; at += 2) {
		pixels += runs[at + 1] - runs[at];
	}
	return pixels;
}

function createSegmentImagesWriter(
	format: string,
	kernels: Kernels,
	picked: readonly string[] | undefined,
	checkImage: (image: ExportImage) => void,
	encodeSegment: (image: ExportImage, mask: MaskRuns) => Uint8Array,
): DataSetWriter {
	const pick = createSegmentPick(format, picked);
	const stems = createStemTable(format);

	function* segmentPieces(image: ExportImage, folder: string): Generator<ExportPiece> {
		const segments = new Map(pick.of(image).map((segment) => [segment.id, segment]));
		for (const mask of maskRuns(image.labels, undefined, kernels.check)) {
			const segment = segments.get(mask.segment);
			if (segment !== undefined) {
				yield { file: `${folder}/${fileNameOf(segment)}.png`, data: encodeSegment(image, mask) };
			}
		}
	}

	return {
		add(image) {
			checkExportImage(format, image, kernels.check);
			checkImage(image);
			const folder = stems.stemOf(image.file);
			stems.add(image.file);
			return segmentPieces(image, folder);
		},
		end() {
			pick.checkFound();
			return [];
		},
	};
}

function fileNameOf({ id, name }: ExportSegment): string {
	const text = name === defaultSegmentName(id) ? "" : name.normalize("NFC");
	const safe = [...text.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")].slice(0, MAX_NAME).join("");
	const trimmed = safe.replace(/^[-.]+|[-.]+$/g, "");
	return trimmed === "" ? `${id}` : `${id}-${trimmed}`;
}

/** @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH */
function photographOf({ file, labels, photograph }: ExportImage): RgbImage {
	if (photograph === undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			`cutouts: the photograph of ${file} must be given, since its pixels are cut out. Name its folder: ${optionName("images")}.`,
			{ details: { file } },
		);
	}
	const { width, height } = labels;
	if (photograph.width !== width || photograph.height !== height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`cutouts: the photograph of ${file} must be ${width} x ${height} pixels as its label map is, got ${photograph.width} x ${photograph.height}.`,
			{ details: { file } },
		);
	}
	return photograph;
}

function encodeMask(check: Check, { runs }: MaskRuns, width: number, height: number): Uint8Array {
	check();
	const data = new Uint8Array(width * height);
	for (let at = 0; at < runs.length; at += 2) {
		data.fill(255, runs[at], runs[at + 1]);
	}
	return encode({ width, height, data, channels: 1, depth: 8 }, { zlib: ZLIB });
}

function encodeCutout(
	check: Check,
	photograph: RgbImage,
	masks: readonly MaskRuns[],
	[left, top, width, height]: MaskRuns["bbox"],
): Uint8Array {
	const data = new Uint8Array(width * height * 4);
	for (const { runs } of masks) {
		for (const { from, to } of checkedParts(check, runs.length / 2)) {
			for (let run = from; run < to; run++) {
				for (let position = runs[run * 2]; position < runs[run * 2 + 1]; position++) {
					const y = Math.floor(position / photograph.width);
					const at = ((y - top) * width + position - y * photograph.width - left) * 4;
					data[at] = photograph.data[position * 3];
					data[at + 1] = photograph.data[position * 3 + 1];
					data[at + 2] = photograph.data[position * 3 + 2];
					data[at + 3] = 255;
				}
			}
		}
	}
	return encode({ width, height, data, channels: 4, depth: 8 }, { zlib: ZLIB });
}
