import type { RgbImage } from "../image/rgb-image.ts";
import type { Color } from "../labels/palette.ts";
import { type OutlineBounds, outlineBounds } from "../labels/polygons/index.ts";

/** A closed polygon: x and y of its corners one after the other, pixels, y down. */
export type Contour = readonly number[];

/**
 * Fill closed contours with a colour, antialiased.
 *
 * Each pixel is covered by the exact area of the shape in it; where contours wind around a point in opposite directions
 * they cancel (holes), where they overlap in the same direction they do not add up (non-zero winding).
 * What lies outside the canvas is left out.
 *
 * Source: signed-area accumulation as in font-rs, R. Levien, `src/raster.rs`.
 */
export function fillOutline(canvas: RgbImage, contours: readonly Contour[], color: Color): void {
	const box = boundingBox(contours);
	if (box.left >= canvas.width || box.right <= 0 || box.top >= canvas.height || box.bottom <= 0) {
		return;
	}
	const width = box.right - box.left + 2;
	const height = box.bottom - box.top;
	const areas = new Float64Array(width * height);
	for (const contour of contours) {
		let x = contour[contour.length - 2] - box.left;
		let y = contour[contour.length - 1] - box.top;
		for (let index = 0; index < contour.length; index += 2) {
			const nextX = contour[index] - box.left;
			const nextY = contour[index + 1] - box.top;
			accumulateEdge(areas, width, x, y, nextX, nextY);
			x = nextX;
			y = nextY;
		}
	}
	blend(canvas, areas, width, box, color);
}

/** In whole pixels. */
function boundingBox(contours: readonly Contour[]): OutlineBounds {
	const { left, top, right, bottom } = outlineBounds(contours);
	return { left: Math.floor(left), top: Math.floor(top), right: Math.ceil(right), bottom: Math.ceil(bottom) };
}

/** Add what one edge contributes; the running sum over a row of `areas` then is the signed coverage. */
function accumulateEdge(areas: Float64Array, width: number, fromX: number, fromY: number, toX: number, toY: number) {
	if (fromY === toY) {
		return;
	}
	const direction = fromY < toY ? 1 : -1;
	const [topX, topY, bottomX, bottomY] = fromY < toY ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
	const slope = (bottomX - topX) / (bottomY - topY);
	const minX = Math.min(topX, bottomX);
	const maxX = Math.max(topX, bottomX);
	let x = topX;
	for (let row = Math.floor(topY); row < bottomY; row++) {
		const rowTop = Math.max(row, topY);
		const rowBottom = Math.min(row + 1, bottomY);
		// Rounding must not carry the edge out of its box.
		const nextX = Math.min(Math.max(topX + (rowBottom - topY) * slope, minX), maxX);
		accumulateSpan(areas, row * width, direction * (rowBottom - rowTop), Math.min(x, nextX), Math.max(x, nextX));
		x = nextX;
	}
}

/** An edge piece within one row: it rises by `height` (signed) between `left` and `right`. */
function accumulateSpan(areas: Float64Array, offset: number, height: number, left: number, right: number): void {
	const first = Math.floor(left);
	const end = Math.ceil(right);
	if (end <= first + 1) {
		const share = (left + right) / 2 - first;
		areas[offset + first] += height * (1 - share);
		areas[offset + first + 1] += height * share;
		return;
	}
	const perPixel = height / (right - left);
	let covered = 0;
	let previous = 0;
	for (let column = first; column < end; column++) {
		const begin = Math.max(left, column);
		const stop = Math.min(right, column + 1);
		const coverage = covered * perPixel + perPixel * (stop - begin) * (column + 1 - (begin + stop) / 2);
		areas[offset + column] += coverage - previous;
		previous = coverage;
		covered += stop - begin;
	}
	areas[offset + end] += height - previous;
}

function blend(canvas: RgbImage, areas: Float64Array, areaWidth: number, box: OutlineBounds, color: Color): void {
	const right = Math.min(box.right, canvas.width);
	const bottom = Math.min(box.bottom, canvas.height);
	for (let y = Math.max(box.top, 0); y < bottom; y++) {
		let signed = 0;
		for (let x = box.left; x < right; x++) {
			signed += areas[(y - box.top) * areaWidth + x - box.left];
			const coverage = Math.min(Math.abs(signed), 1);
			if (x >= 0 && coverage > 0) {
				const offset = (y * canvas.width + x) * 3;
				for (let channel = 0; channel < 3; channel++) {
					const below = canvas.data[offset + channel];
					canvas.data[offset + channel] = Math.floor(below + (color[channel] - below) * coverage + 0.5);
				}
			}
		}
	}
}

/** A rectangle with round corners as a contour; corners are quarter circles within a hundredth of their radius. */
export function roundedRectangle(x: number, y: number, width: number, height: number, radius: number): Contour {
	const contour: number[] = [];
	const corner = (centreX: number, centreY: number, startX: number, startY: number): void => {
		for (let step = 0; step <= 8; step++) {
			// The rational form of a circle needs no sine.
			const t = step / 8;
			const along = (1 - t * t) / (1 + t * t);
			const across = (2 * t) / (1 + t * t);
			contour.push(centreX + radius * (startX * along - startY * across));
			contour.push(centreY + radius * (startY * along + startX * across));
		}
	};
	corner(x + width - radius, y + radius, 0, -1);
	corner(x + width - radius, y + height - radius, 1, 0);
	corner(x + radius, y + height - radius, 0, 1);
	corner(x + radius, y + radius, -1, 0);
	return contour;
}
