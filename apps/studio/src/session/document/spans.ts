import type { Rect } from "../scene.ts";

/** Pixels of a shape, row by row, within the picture. */
export interface Spans {
	/** Row, first column, and one past the last column of each stretch of pixels, rows rising. Shape (spans, 3). */
	readonly data: Int32Array;
	readonly count: number;
}

/** Columns whose pixel centres lie from `left` to `right`, clipped to 0 … width. */
export function columnsWithin(left: number, right: number, width: number): readonly [from: number, to: number] {
	return [Math.max(0, Math.ceil(left - 0.5)), Math.min(width, Math.floor(right - 0.5) + 1)];
}

/** The rectangle around some spans; undefined where there are none. */
export function rectOfSpans({ data, count }: Spans): Rect | undefined {
	if (count === 0) {
		return undefined;
	}
	let left = Number.POSITIVE_INFINITY;
	let right = 0;
	for (let at = 0; at < 3 * count; at += 3) {
		left = Math.min(left, data[at + 1]);
		right = Math.max(right, data[at + 2]);
	}
	const top = data[0];
	return { x: left, y: top, width: right - left, height: data[3 * (count - 1)] + 1 - top };
}
