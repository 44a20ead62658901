import { DinosegError } from "@dinoseg/core/errors";
import { eachPolygonSpan } from "../polygon-spans.ts";
import type { Spans } from "./spans.ts";

/**
 * The pixels whose centres lie in a polygon: on a line from one outwards, the number of its edges is odd.
 *
 * @param polygon x, y pairs, pixels; it closes itself. Shape (corners, 2).
 * @throws DinosegError OPTION_INVALID unless there are at least 3 corners, all of them finite
 */
export function lassoSpans(polygon: Float32Array, width: number, height: number): Spans {
	if (polygon.length < 6 || polygon.length % 2 !== 0 || !polygon.every(Number.isFinite)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`lasso: polygon must be x, y pairs of at least 3 corners, all finite, got ${polygon.length} numbers.`,
			{ details: { option: "polygon", value: polygon.length } },
		);
	}
	const spans: number[] = [];
	eachPolygonSpan(polygon, width, height, (row, begin, end) => spans.push(row, begin, end));
	return { data: Int32Array.from(spans), count: spans.length / 3 };
}
