import { makeLooks, type SegmentLook } from "./segment-looks.ts";

/** How parts look now: made anew when it is asked for, if anything is other. */
export interface CurrentLooks {
	/** Segment of each part; copied. Shape (parts,). */
	setTable(table: Uint16Array): void;
	/** @param background an id that is no segment. */
	setSegments(segments: readonly SegmentLook[], background?: number | undefined): void;
	/** Those made last. Shape (65,536, 2). */
	readonly looks: Uint32Array;
	/** Whether any segment that is seen is selected. */
	readonly hasSelection: boolean;
	/** Whether any segment that is seen is hovered. */
	readonly hasHover: boolean;
	/** Make those of now. @returns those before; undefined if nothing was set since. */
	renew(): Uint32Array | undefined;
}

/** Begin with no parts. */
export function createCurrentLooks(): CurrentLooks {
	let table = new Uint16Array(0);
	let segments: readonly SegmentLook[] = [];
	let background: number | undefined;
	let looks = makeLooks(table, segments);
	// Whoever draws has none yet.
	let isStale = true;
	return {
		setTable(next) {
			table = next.slice();
			isStale = true;
		},
		setSegments(next, nextBackground) {
			segments = next;
			background = nextBackground;
			isStale = true;
		},
		get looks() {
			return looks;
		},
		get hasSelection() {
			return segments.some(({ isSelected, isHidden }) => isSelected && !isHidden);
		},
		get hasHover() {
			return segments.some(({ isHovered, isHidden }) => isHovered && !isHidden);
		},
		renew() {
			if (!isStale) {
				return undefined;
			}
			const before = looks;
			looks = makeLooks(table, segments, background);
			isStale = false;
			return before;
		},
	};
}
