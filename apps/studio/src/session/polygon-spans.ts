/**
 * Visit the stretches of pixels whose centres are in a polygon, row by row.
 *
 * Convention: even-odd; of a centre on an edge, that with the interior to its right or below is in. So polygons along the
 * edges of pixels are those pixels, and polygons that touch share none.
 *
 * @param polygon x and y of the corners one after the other, pixels; it closes itself, and what lies outside of the picture
 *   is left out. Shape (corners, 2).
 * @param visit   called with a row, and the columns from `begin` to before `end`.
 */
export function eachPolygonSpan(
	polygon: ArrayLike<number>,
	width: number,
	height: number,
	visit: (row: number, begin: number, end: number) => void,
): void {
	const counts = new Uint32Array(height + 1);
	eachCrossing(polygon, height, (row) => {
		counts[row + 1]++;
	});
	for (let row = 0; row < height; row++) {
		counts[row + 1] += counts[row];
	}
	const crossings = new Float64Array(counts[height]);
	const ends = counts.slice(0, height);
	eachCrossing(polygon, height, (row, x) => {
		crossings[ends[row]++] = x;
	});
	for (let row = 0; row < height; row++) {
		const ofRow = crossings.subarray(counts[row], counts[row + 1]).sort();
		for (let at = 0; at + 1 < ofRow.length; at += 2) {
			const [begin, end] = [firstCentre(ofRow[at], width), firstCentre(ofRow[at + 1], width)];
			if (begin < end) {
				visit(row, begin, end);
			}
		}
	}
}

/** How many rows of pixel centres the edges of a polygon cross: what `eachPolygonSpan` costs. */
export function countCrossings(polygon: ArrayLike<number>, height: number): number {
	let count = 0;
	eachEdge(polygon, (_, fromY, __, toY) => {
		count += Math.abs(firstCentre(toY, height) - firstCentre(fromY, height));
	});
	return count;
}

/** The first pixel whose centre is not before a place, within the picture. */
function firstCentre(place: number, pixels: number): number {
	return Math.min(pixels, Math.max(0, Math.ceil(place - 0.5)));
}

function eachCrossing(polygon: ArrayLike<number>, height: number, visit: (row: number, x: number) => void): void {
	eachEdge(polygon, (fromX, fromY, toX, toY) => {
		// From above to below, and multiplied first: polygons on both sides of an edge round alike, and not at all on a centre.
		const [upperX, upperY, lowerX, lowerY] = fromY < toY ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
		const end = firstCentre(lowerY, height);
		for (let row = firstCentre(upperY, height); row < end; row++) {
			visit(row, upperX + ((row + 0.5 - upperY) * (lowerX - upperX)) / (lowerY - upperY));
		}
	});
}

function eachEdge(
	polygon: ArrayLike<number>,
	visit: (fromX: number, fromY: number, toX: number, toY: number) => void,
): void {
	for (let at = 0, last = polygon.length - 2; at < polygon.length; last = at, at += 2) {
		visit(polygon[last], polygon[last + 1], polygon[at], polygon[at + 1]);
	}
}
