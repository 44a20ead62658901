import { createCategoryTable } from "../labels/exports/category-table.ts";
import type { ExportSegment } from "../labels/exports/export-image.ts";
import { defaultSegmentName } from "../labels/names/default-segment-name.ts";
import { applyNames, namedPalette, type SegmentNames } from "../labels/names/segment-names.ts";
import { PALETTE, type Palette, segmentColor } from "../labels/palette.ts";
import type { SegmentResult } from "./segment-result.ts";

/**
 * Give the segments of a result names and colours: they appear in all its files.
 *
 * @param names ids that the result does not have are left out.
 * @throws DinosegError INPUT_CONFLICT if two segments of the result would share a name or a colour
 */
export function nameSegments(result: SegmentResult, names: SegmentNames): SegmentResult {
	const named = { ...result, names };
	createCategoryTable().add({
		file: result.input.path ?? "the picture",
		labels: result.labels,
		segments: namedSegments(named),
	});
	return named;
}

/** The segments of a result as its files show them. */
export function namedSegments({ segments, names = new Map() }: SegmentResult): ExportSegment[] {
	const named = segments.map(({ id }) => ({ id, name: defaultSegmentName(id), color: segmentColor(id) }));
	return applyNames(named, names);
}

/** The colours of a result's ids. */
export function resultPalette({ labels, names }: SegmentResult): Palette {
	return names === undefined ? PALETTE : namedPalette(labels.count, names);
}

/** Clusters or regions that a result was made with; of a codebook, or after edits, those that the picture shows. */
export function usedSegments(result: SegmentResult): number {
	if (result.codebook || result.isEdited) {
		return result.segments.length;
	}
	return result.kind === "regions" ? result.regions : result.clusters;
}
