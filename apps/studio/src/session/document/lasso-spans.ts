import { DinosegError } from "@dinoseg/core/errors";
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
	const crossings = crossingsOfRows(polygon, height);
	const spans: number[] = [];
	for (const [row, xs] of crossings.entries()) {
		xs.sort((a, b) => a - b);
		for (let at = 0; at + 1 < xs.length; at += 2) {
			const begin = Math.max(0, Math.ceil(xs[at] - 0.5));
			const stop = Math.min(width, Math.ceil(xs[at + 1] - 0.5));
			if (begin < stop) {
				spans.push(row, begin, stop);
			}
		}
	}
	return { data: Int32Array.from(spans), count: spans.length / 3 };
}

/** Where the edges cross the middle of each row, x. */
function crossingsOfRows(polygon: Float32Array, height: number): number[][] {
	const rows: number[][] = Array.from({ length: height }, () => []);
	let x = polygon[polygon.length - 2];
	let y = polygon[polygon.length - 1];
	for (let at = 0; at < polygon.length; at += 2) {
		const [nextX, nextY] = [polygon[at], polygon[at + 1]];
		const [top, bottom] = y < nextY ? [y, nextY] : [nextY, y];
		const end = Math.min(height, Math.ceil(bottom - 0.5));
		for (let row = Math.max(0, Math.ceil(top - 0.5)); row < end; row++) {
			rows[row].push(x + ((row + 0.5 - y) * (nextX - x)) / (nextY - y));
		}
		[x, y] = [nextX, nextY];
	}
	return rows;
}
