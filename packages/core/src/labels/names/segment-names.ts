import { type Color, PALETTE, type Palette, segmentColor } from "../palette.ts";

/** What somebody calls a segment. */
export interface SegmentName {
	/** @default the segment keeps the name that it has */
	readonly name?: string | undefined;
	/** @default the segment keeps the colour that it has */
	readonly color?: Color | undefined;
}

/** Names and colours by segment id; ids that are not in it keep theirs. */
export type SegmentNames = ReadonlyMap<number, SegmentName>;

/** Segments with the names and colours that they were given. */
export function applyNames<T extends { readonly id: number; readonly name: string; readonly color: Color }>(
	segments: readonly T[],
	names: SegmentNames,
): T[] {
	return segments.map((segment) => {
		const given = names.get(segment.id);
		return { ...segment, name: given?.name ?? segment.name, color: given?.color ?? segment.color };
	});
}

/** A palette of `count` colours in which those that were given replace others. */
export function namedPalette(count: number, names: SegmentNames, palette: Palette = PALETTE): Palette {
	return Array.from({ length: count }, (_, id) => names.get(id)?.color ?? segmentColor(id, palette));
}
