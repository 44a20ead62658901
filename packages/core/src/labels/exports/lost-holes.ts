import type { Warning } from "../../events.ts";

/** Counts what a format of plain polygons cannot hold. */
export interface LostHoles {
	/** @param rings of one region, as `RegionPolygons` gives them. @returns the outer one */
	exterior(rings: readonly number[][]): readonly number[];
	/** None if no hole was lost. */
	warnings(): readonly Warning[];
}

/**
 * @param format what the warning calls it.
 * @param advice what to do where holes matter.
 */
export function createLostHoles(format: string, advice: string): LostHoles {
	let holes = 0;
	return {
		exterior([outer, ...inner]) {
			holes += inner.length;
			return outer;
		},
		warnings() {
			const message = `${format}: ${holes} hole(s) are filled, since its polygons have none: segments overlap there. ${advice}`;
			return holes === 0 ? [] : [{ code: "HOLES_LOST", message }];
		},
	};
}
