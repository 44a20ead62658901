/**
 * Write a value to the pixels whose centres are in a polygon.
 *
 * Convention: even-odd; of a centre on an edge, that with the interior to its right or below is in. So polygons along the
 * edges of pixels are those pixels, and polygons that touch share none.
 *
 * @param polygon x and y of the corners one after the other, pixels; what lies outside the map is left out.
 * @param map     shape (height, width). Written to.
 * @param value   of each pixel inside.
 */
export function fillPolygon(
	polygon: readonly number[],
	map: { readonly data: Uint8Array | Uint16Array; readonly width: number; readonly height: number },
	value: number,
): void {
	const { data, width, height } = map;
	const counts = new Uint32Array(height + 1);
	eachCrossing(polygon, height, (y) => {
		counts[y + 1]++;
	});
	for (let y = 0; y < height; y++) {
		counts[y + 1] += counts[y];
	}
	const crossings = new Float64Array(counts[height]);
	const ends = counts.slice(0, height);
	eachCrossing(polygon, height, (y, x) => {
		crossings[ends[y]++] = x;
	});
	for (let y = 0; y < height; y++) {
		const row = crossings.subarray(counts[y], counts[y + 1]).sort();
		for (let at = 0; at + 1 < row.length; at += 2) {
			const [from, to] = [firstCentre(row[at], width), firstCentre(row[at + 1], width)];
			data.fill(value, y * width + from, y * width + to);
		}
	}
}

/** How many rows of pixel centres the edges of a polygon cross: what filling it costs. */
export function countCrossings(polygon: readonly number[], height: number): number {
	let count = 0;
	eachEdge(polygon, (_, fromY, __, toY) => {
		count += Math.abs(firstCentre(toY, height) - firstCentre(fromY, height));
	});
	return count;
}

/** The first pixel whose centre is not before a place, within the map. */
function firstCentre(place: number, pixels: number): number {
	return Math.min(pixels, Math.max(0, Math.ceil(place - 0.5)));
}

function eachCrossing(polygon: readonly number[], height: number, visit: (y: number, x: number) => void): void {
	eachEdge(polygon, (fromX, fromY, toX, toY) => {
		const [first, end] = [firstCentre(Math.min(fromY, toY), height), firstCentre(Math.max(fromY, toY), height)];
		for (let y = first; y < end; y++) {
			visit(y, fromX + ((y + 0.5 - fromY) / (toY - fromY)) * (toX - fromX));
		}
	});
}

function eachEdge(
	polygon: readonly number[],
	visit: (fromX: number, fromY: number, toX: number, toY: number) => void,
): void {
	for (let at = 0, last = polygon.length - 2; at < polygon.length; last = at, at += 2) {
		visit(polygon[last], polygon[last + 1], polygon[at], polygon[at + 1]);
	}
}
