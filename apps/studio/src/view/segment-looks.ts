/** What the shader knows of each part: of which segment it is, and how that looks. */
import type { Color } from "@dinoseg/core/labels";

/** How a segment is shown. */
export interface SegmentLook {
	/** That of the table. */
	readonly id: number;
	readonly color: Color;
	/** Neither filled nor outlined. @default false */
	readonly isHidden?: boolean;
	/** With a double line around it. @default false */
	readonly isSelected?: boolean;
	/** Lighter. @default false */
	readonly isHovered?: boolean;
}

/** Parts that a row of the texture has. */
export const LOOK_ROW = 256;
/** Ids of parts, and of segments: 16 bits. */
const MOST = 65_536;

/** Bits of the first word above the 16 of the id. What has no segment to be seen has `NOTHING` alone. */
const NOTHING = 1 << 16;
const SELECTED = 1 << 17;
const HOVERED = 1 << 18;
/** The share of white in the colour of a hovered segment. */
const HOVER_WHITE = 0.25;

/**
 * Make the looks of all parts.
 *
 * @param table      segment of each part. Shape (parts,).
 * @param segments   those that are seen; parts of any other are not.
 * @param background the segment that is none. @default there is none
 * @returns two words a part: the id of its segment with bits above it, and red, green, blue and alpha from the lowest byte
 *          on. Shape (65,536, 2).
 */
export function makeLooks(
	table: Uint16Array,
	segments: readonly SegmentLook[],
	background?: number | undefined,
): Uint32Array {
	const bySegment = new Uint32Array(2 * MOST);
	fillNothing(bySegment, 0);
	for (const segment of segments) {
		if (!segment.isHidden && segment.id !== background) {
			bySegment[2 * segment.id] = segment.id | (segment.isSelected ? SELECTED : 0) | (segment.isHovered ? HOVERED : 0);
			bySegment[2 * segment.id + 1] = packColor(segment.color, segment.isHovered ? HOVER_WHITE : 0);
		}
	}
	const looks = new Uint32Array(2 * MOST);
	for (let part = 0; part < table.length; part++) {
		looks[2 * part] = bySegment[2 * table[part]];
		looks[2 * part + 1] = bySegment[2 * table[part] + 1];
	}
	fillNothing(looks, table.length);
	return looks;
}

function fillNothing(looks: Uint32Array, from: number): void {
	for (let index = from; index < MOST; index++) {
		looks[2 * index] = NOTHING;
	}
}

function packColor(color: Color, white: number): number {
	const [red, green, blue] = color.map((value) => Math.round(value + (255 - value) * white));
	return (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0;
}

/** Rows that follow each other. */
export interface RowRun {
	readonly first: number;
	readonly count: number;
}

/**
 * The rows of a table that are others than before, by rising first row.
 *
 * @param rowLength elements of a row.
 */
export function changedRows(before: Uint32Array, after: Uint32Array, rowLength: number): RowRun[] {
	const runs: RowRun[] = [];
	for (let row = 0; row * rowLength < after.length; row++) {
		if (differs(before, after, row * rowLength, (row + 1) * rowLength)) {
			const last = runs.at(-1);
			if (last !== undefined && last.first + last.count === row) {
				runs[runs.length - 1] = { first: last.first, count: last.count + 1 };
			} else {
				runs.push({ first: row, count: 1 });
			}
		}
	}
	return runs;
}

function differs(before: Uint32Array, after: Uint32Array, begin: number, end: number): boolean {
	for (let index = begin; index < end; index++) {
		if (before[index] !== after[index]) {
			return true;
		}
	}
	return false;
}
