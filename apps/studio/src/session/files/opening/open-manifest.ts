import { isDinosegError } from "@dinoseg/core/errors";
import {
	allocateLabels,
	colorFromHex,
	type LabelMap,
	paintRle,
	parseSegments,
	type SegmentsDocument,
} from "@dinoseg/core/labels";
import { readOptions } from "@dinoseg/core/options";
import { checkStoredResult, RESULT_LABELS, RESULT_MARKER } from "@dinoseg/core/result";
import { checkPixels, type OpenedResult, type OpeningOptions, unreadable } from "./opened-result.ts";

/**
 * Open a `segments.json`, with its label map or by the masks in it.
 *
 * @param file   what messages call the manifest.
 * @param labels that of `labels.png`. Default: the masks make it.
 * @throws DinosegError RESULT_INVALID, IMAGE_TOO_LARGE
 */
export function openManifest(
	file: string,
	text: string,
	labels: LabelMap | undefined,
	{ maxPixels }: OpeningOptions,
): OpenedResult {
	const document = asInvalid(file, () => parseSegments(text));
	const { input, model, segments } = document;
	const { noData, path, sha256 } = input;
	const read = labels ?? paintMasks(file, document, maxPixels);
	checkStoredResult(file, document, read, `Open the ${RESULT_LABELS} that was written with this ${RESULT_MARKER}.`);
	const options = asInvalid(file, () => readOptions(document.options));
	return {
		labels: noData ? { ...read, background: noData.id } : read,
		segments: segments.map(({ id, name, color }) => ({ id, name, color: colorFromHex(color) })),
		settings: { model: model.name, dtype: model.dtype, options },
		imageName: path?.split(/[/\\]/).at(-1) || undefined,
		sha256,
	};
}

/** The label map that the masks of the segments make; pixels that none has are without data. */
function paintMasks(file: string, { input, segments }: SegmentsDocument, maxPixels: number): LabelMap {
	const { width, height, noData } = input;
	checkPixels(file, width, height, maxPixels);
	const count = 1 + Math.max(...segments.map(({ id }) => id), noData?.id ?? 0);
	const data = allocateLabels(width * height, count).fill(noData?.id ?? 0);
	for (const { id, rle } of segments) {
		if (rle.size[0] !== height || rle.size[1] !== width) {
			throw unreadable(
				file,
				`the mask of segment ${id} must have ${height} rows and ${width} columns, got ${rle.size.join(" and ")}.`,
			);
		}
		asInvalid(file, () => paintRle(rle, data, id));
	}
	return { data, width, height, count };
}

function asInvalid<T>(file: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw isDinosegError(error) ? unreadable(file, error.message, error) : error;
	}
}
