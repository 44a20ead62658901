import { basename, extname, join, resolve } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { colorFromHex, type ExportImage, parseSegments, type SegmentsDocument } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { checkStoredResult, RESULT_LABELS, RESULT_MARKER } from "@dinoseg/core/result";
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
	checkStoredResult(folder, document, read, `Segment the image again with ${optionName("force")}.`);
	const segments = document.segments.map(({ id, name: segment, color, meanColor }) => ({
		id,
		name: segment,
		color: colorFromHex(color),
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
	return parseMarker(join(folder, RESULT_MARKER), await readMarker(folder));
}

/** The bytes of `segments.json`. @throws DinosegError of reading the file */
export async function readMarker(folder: string): Promise<Uint8Array> {
	return (await readInput(join(folder, RESULT_MARKER))).bytes;
}

/** @throws DinosegError RESULT_INVALID */
export function parseMarker(path: string, bytes: Uint8Array): SegmentsDocument {
	try {
		return parseSegments(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new DinosegError("RESULT_INVALID", `${path}: ${(cause as Error).message}`, { cause });
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
