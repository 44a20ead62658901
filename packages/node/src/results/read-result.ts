import { basename, extname, join, resolve } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import {
	type Color,
	type ExportImage,
	type LabelMap,
	parseSegments,
	type SegmentsDocument,
} from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { RESULT_LABELS, RESULT_MARKER } from "@dinoseg/core/result";
import { readLabels } from "../datasets/read-labels.ts";
import { readInput } from "../image/index.ts";

/** A result as it lies on the disk. */
export interface StoredResult {
	readonly document: SegmentsDocument;
	/** Without the photograph. */
	readonly image: ExportImage;
}

export interface ReadResultOptions {
	/** Path by which exports call the image: its file's name takes the place of the last part. @default the folder's name */
	readonly name?: string;
	/** Larger label maps are refused before decoding. @default 100 megapixels */
	readonly maxPixels?: number;
}

/**
 * Read what `saveResult` wrote: `segments.json` and `labels.png`, which have to fit together.
 *
 * @param folder of one result, such as `out/photo`.
 * @throws DinosegError RESULT_INVALID; of reading and decoding the files
 */
export async function readResult(folder: string, options: ReadResultOptions = {}): Promise<StoredResult> {
	const { name = basename(resolve(folder)), maxPixels = DEFAULT_OPTIONS.maxPixels } = options;
	const document = await readDocument(folder);
	const read = await readLabels(join(folder, RESULT_LABELS), maxPixels);
	checkFit(folder, document, read);
	const segments = document.segments.map(({ id, name: segment, color, meanColor }) => ({
		id,
		name: segment,
		color: parseColor(color),
		meanColor,
	}));
	const { georeference, pixelSize, noData } = document.input;
	const labels = noData ? { ...read, background: noData.id } : read;
	return { document, image: { file: fileOf(name, document), labels, segments, georeference, pixelSize } };
}

/**
 * Read the manifest of a result, `segments.json`.
 *
 * @throws DinosegError RESULT_INVALID; of reading the file
 */
export async function readDocument(folder: string): Promise<SegmentsDocument> {
	const path = join(folder, RESULT_MARKER);
	const { bytes } = await readInput(path);
	try {
		return parseSegments(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new DinosegError("RESULT_INVALID", `${path}: ${(cause as Error).message}`, { cause });
	}
}

function checkFit(folder: string, { input, segments }: SegmentsDocument, labels: LabelMap): void {
	const invalid = (problem: string) =>
		new DinosegError(
			"RESULT_INVALID",
			`${folder}: ${RESULT_MARKER} and ${RESULT_LABELS} do not fit together: ${problem}. Segment the image again with ${optionName("force")}.`,
			{ details: { folder } },
		);
	if (input.width !== labels.width || input.height !== labels.height) {
		throw invalid(`${input.width} x ${input.height} and ${labels.width} x ${labels.height} pixels`);
	}
	const entries = [...segments, ...(input.noData ? [input.noData] : [])];
	const listed = new Map(entries.map(({ id, pixels }) => [id, pixels]));
	if (listed.size < entries.length) {
		throw invalid("an id is listed twice");
	}
	const counts = new Uint32Array(Math.max(labels.count, ...listed.keys()) + 1);
	for (const id of labels.data) {
		counts[id]++;
	}
	for (const [id, count] of counts.entries()) {
		const expected = listed.get(id) ?? 0;
		if (count !== expected) {
			throw invalid(`segment ${id} has ${expected} and ${count} pixels`);
		}
	}
}

/**
 * The folder of the result mirrors that of the photograph; the file's own name is in the document. A page that was asked
 * for is called as its result is: `stack-page-003.tif`.
 */
function fileOf(name: string, document: SegmentsDocument): string {
	const own = ownName(document);
	if (own === undefined) {
		return name;
	}
	const isPage = document.input.page !== undefined && document.options.page !== "first";
	return isPage ? name + extname(own) : name.slice(0, name.lastIndexOf("/") + 1) + own;
}

/** The name of the file that a result was made from; none of bytes. */
export function ownName({ input }: SegmentsDocument): string | undefined {
	const own = input.path?.split(/[/\\]/).at(-1) ?? "";
	return own === "" || own === "." || own === ".." ? undefined : own;
}

function parseColor(hex: string): Color {
	const value = Number.parseInt(hex.slice(1), 16);
	return [value >> 16, (value >> 8) & 255, value & 255];
}
