import { defaultSegmentName, type LabelMap, labelPngColors, segmentColor } from "@dinoseg/core/labels";
import { type OpenedResult, unreadable } from "./opened-result.ts";
import { usedIds } from "./used-ids.ts";

/**
 * Open a label map without its manifest: segments have the colours of its palette, or default ones where it is grey.
 *
 * Convention: black is never a segment, so what a palette shows black is background.
 *
 * @throws DinosegError RESULT_INVALID if all of it is background
 */
export function openLabelPng(file: string, bytes: Uint8Array, read: LabelMap): OpenedResult {
	const colors = labelPngColors(bytes);
	const isBlack = (id: number) => colors?.[id]?.every((channel) => channel === 0) ?? false;
	const ids = usedIds(read);
	const labels = withBackground(read, new Set(ids.filter(isBlack)));
	const segments = ids
		.filter((id) => !isBlack(id))
		.map((id) => ({ id, name: defaultSegmentName(id), color: colors?.[id] ?? segmentColor(id) }));
	if (segments.length === 0) {
		throw unreadable(file, "all of its pixels are black, which is no segment. Open a label map that has segments.");
	}
	return { labels, segments };
}

/** The map with some ids as its background, which comes last. */
function withBackground(labels: LabelMap, without: ReadonlySet<number>): LabelMap {
	if (without.size === 0) {
		return labels;
	}
	const ids = usedIds(labels).filter((id) => !without.has(id));
	const background = 1 + Math.max(-1, ...ids);
	const { width, height } = labels;
	const data = Uint16Array.from(labels.data, (id) => (without.has(id) ? background : id));
	return {
		data: background < 256 ? Uint8Array.from(data) : data,
		width,
		height,
		count: background + 1,
		background,
	};
}
