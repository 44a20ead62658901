import type { Kernels } from "@dinoseg/kernels";
import type { Warning } from "../events.ts";
import type { ExportPiece } from "../labels/exports/data-set-writer.ts";
import type { ExportImage } from "../labels/exports/export-image.ts";
import type { ExportFormatName, ExportOptions } from "../labels/exports/format-records.ts";
import { type DataSetExportFormat, EXPORT_FORMATS, type ImageExportFormat } from "../labels/exports/formats.ts";
import { joinBytes, zipFiles } from "../labels/exports/zip.ts";
import { namedSegments } from "./name-segments.ts";
import type { SegmentResult } from "./segment-result.ts";

/** A result in the format of another tool, as one file. */
export interface ExportedResult {
	readonly bytes: Uint8Array;
	/** Name for the file; a format that is a folder is a zip of it here. */
	readonly fileName: string;
	/** What the format could not hold. */
	readonly warnings: readonly Warning[];
}

/**
 * Write one result in the format of another tool.
 *
 * @param file path by which the format calls the photograph. Default: that of the input, or `image`.
 * @throws DinosegError OPTION_INVALID for an option that the format does not take; EXPORT_UNSUPPORTED
 */
export async function exportResult(
	kernels: Kernels,
	result: SegmentResult,
	name: ExportFormatName,
	options: ExportOptions = {},
	file: string = result.input.path ?? "image",
): Promise<ExportedResult> {
	const format: DataSetExportFormat | ImageExportFormat = EXPORT_FORMATS[name];
	const { labels, input, image: photograph } = result;
	const { georeference, pixelSize } = input;
	const meanColors = new Map(result.segments.map(({ id, meanColor }) => [id, meanColor]));
	const segments = namedSegments(result).map((segment) => ({ ...segment, meanColor: meanColors.get(segment.id) }));
	const image: ExportImage = { file, labels, segments, georeference, pixelSize, photograph };
	if (format.holds === "image") {
		const notes = format.createNotes?.();
		const bytes = toBytes(format.encode(kernels, image, options));
		notes?.see(image);
		return { bytes, fileName: format.fileName, warnings: notes?.warnings() ?? [] };
	}
	const writer = format.createWriter(kernels, options);
	const files = joinPieces([...writer.add(image), ...writer.end()]);
	const isFile = format.container === "file";
	return {
		bytes: isFile ? files[0].data : await zipFiles(files),
		fileName: format.container === "folder" ? `${format.fileName}.zip` : format.fileName,
		warnings: writer.warnings?.() ?? [],
	};
}

/** Whole files, in the order in which they began. */
function joinPieces(pieces: readonly ExportPiece[]): { readonly file: string; readonly data: Uint8Array }[] {
	const files = new Map<string, ExportPiece[]>();
	for (const piece of pieces) {
		files.set(piece.file, [...(files.get(piece.file) ?? []), piece]);
	}
	return [...files].map(([file, parts]) => {
		const ordered = parts.sort((a, b) => (a.part ?? 0) - (b.part ?? 0));
		return { file, data: joinBytes(ordered.map(({ data }) => toBytes(data))) };
	});
}

function toBytes(data: string | Uint8Array): Uint8Array {
	return typeof data === "string" ? new TextEncoder().encode(data) : data;
}
