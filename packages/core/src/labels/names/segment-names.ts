import { type Color, colorToHex, type Palette, segmentColor } from "../palette.ts";

/** What somebody calls a segment. */
export interface SegmentName {
	/** @default the segment keeps the name that it has */
	readonly name?: string | undefined;
	/** @default the segment keeps the colour that it has */
	readonly color?: Color | undefined;
}

/** Names and colours by segment id; ids that are not in it keep theirs. */
export type SegmentNames = ReadonlyMap<number, SegmentName>;

/**
 * Segments with the names and colours that they were given.
 *
 * Where a colour that is the default of one segment was given to another, the one takes the default of the other, which
 * is free. So a table may name some segments only, and gives the same colours to all images.
 */
export function applyNames<T extends { readonly id: number; readonly name: string; readonly color: Color }>(
	segments: readonly T[],
	names: SegmentNames,
): T[] {
	const colorOf = colorsBeside(names);
	return segments.map((segment) => {
		const { id, name, color } = segment;
		return { ...segment, name: names.get(id)?.name ?? name, color: colorOf(id, color) };
	});
}

/** A palette of `count` colours in which those that were given replace others, as `applyNames` does it. */
export function namedPalette(count: number, names: SegmentNames): Palette {
	const colorOf = colorsBeside(names);
	return Array.from({ length: count }, (_, id) => colorOf(id, segmentColor(id)));
}

/** The colour of an id that has `own` without the table. */
function colorsBeside(names: SegmentNames): (id: number, own: Color) => Color {
	const owners = new Map([...names].flatMap(([id, { color }]) => (color ? [[colorToHex(color), id] as const] : [])));
	return (id, own) => {
		const given = names.get(id)?.color;
		if (given) {
			return given;
		}
		let color = own;
		// Defaults lead from owner to owner without coming back. Colours that were given before, by another table, may lead in a
		// circle; the writer of a data set finds two equal colours then, and reports it.
		for (let step = 0; step < owners.size; step++) {
			const owner = owners.get(colorToHex(color));
			if (owner === undefined) {
				break;
			}
			color = segmentColor(owner);
		}
		return color;
	};
}
