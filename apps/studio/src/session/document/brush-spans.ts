import type { StrokePoint } from "../edits.ts";
import { columnsWithin, type Spans } from "./spans.ts";

/**
 * The pixels that a round brush covers on its straight way between two points: those whose centres lie within the radius of
 * the line.
 *
 * @param radius pixels, above 0.
 */
export function brushSpans(from: StrokePoint, to: StrokePoint, radius: number, width: number, height: number): Spans {
	const first = Math.max(0, Math.ceil(Math.min(from.y, to.y) - radius - 0.5));
	const end = Math.min(height, Math.floor(Math.max(from.y, to.y) + radius - 0.5) + 1);
	const data = new Int32Array(3 * Math.max(0, end - first));
	let count = 0;
	const isCovered = (column: number, y: number) => squaredDistance(column + 0.5, y, from, to) <= radius * radius;
	for (let row = first; row < end; row++) {
		const y = row + 0.5;
		const [left, right] = rowInterval(y, from, to, radius);
		let [begin, stop] = columnsWithin(left, right, width);
		// The ends are quotients and roots; what decides is the distance.
		while (begin > 0 && begin <= stop && isCovered(begin - 1, y)) {
			begin--;
		}
		while (begin < stop && !isCovered(begin, y)) {
			begin++;
		}
		while (begin < stop && stop < width && isCovered(stop, y)) {
			stop++;
		}
		while (begin < stop && !isCovered(stop - 1, y)) {
			stop--;
		}
		if (begin < stop) {
			data.set([row, begin, stop], 3 * count++);
		}
	}
	return { data, count };
}

function squaredDistance(x: number, y: number, from: StrokePoint, to: StrokePoint): number {
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	const squared = dx * dx + dy * dy;
	const along = squared === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / squared;
	const share = Math.min(1, Math.max(0, along));
	return (x - from.x - share * dx) ** 2 + (y - from.y - share * dy) ** 2;
}

/** Where a row crosses the outline: that of both discs, and that of the rectangle between them. */
function rowInterval(y: number, from: StrokePoint, to: StrokePoint, radius: number): [left: number, right: number] {
	let left = Number.POSITIVE_INFINITY;
	let right = Number.NEGATIVE_INFINITY;
	const include = (x: number) => {
		left = Math.min(left, x);
		right = Math.max(right, x);
	};
	for (const centre of [from, to]) {
		const half = Math.sqrt(radius * radius - (y - centre.y) ** 2);
		if (half >= 0) {
			include(centre.x - half);
			include(centre.x + half);
		}
	}
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	const length = Math.sqrt(dx * dx + dy * dy);
	if (length > 0 && dy !== 0) {
		for (const side of [-1, 1]) {
			const x = from.x - (side * radius * dy) / length;
			const share = (y - from.y - (side * radius * dx) / length) / dy;
			if (share >= 0 && share <= 1) {
				include(x + share * dx);
			}
		}
	}
	return [left, right];
}
