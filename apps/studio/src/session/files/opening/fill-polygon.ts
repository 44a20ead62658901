import { eachPolygonSpan } from "../../polygon-spans.ts";

/**
 * Write a value to the pixels whose centres are in a polygon, as `eachPolygonSpan` finds them.
 *
 * @param polygon x and y of the corners one after the other, pixels. Shape (corners, 2).
 * @param map     shape (height, width). Written to.
 * @param value   of each pixel inside.
 */
export function fillPolygon(
	polygon: readonly number[],
	{ data, width, height }: { readonly data: Uint8Array | Uint16Array; readonly width: number; readonly height: number },
	value: number,
): void {
	eachPolygonSpan(polygon, width, height, (row, begin, end) =>
		data.fill(value, row * width + begin, row * width + end),
	);
}
