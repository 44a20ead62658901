import type { RgbImage } from "../image/rgb-image.ts";
import type { Color } from "../labels/palette.ts";

/** A picture of one colour to draw on. The drawing functions of this folder change its pixels in place. */
export function createCanvas(width: number, height: number, color: Color): RgbImage {
	const canvas = { data: new Uint8Array(width * height * 3), width, height };
	fillRectangle(canvas, { x: 0, y: 0, width, height }, color);
	return canvas;
}

/** An upright rectangle in whole pixels; x and y are its left top corner. */
interface Rectangle {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** Fill a rectangle; what lies outside the canvas is left out. */
export function fillRectangle(canvas: RgbImage, rectangle: Rectangle, [red, green, blue]: Color): void {
	const right = Math.min(rectangle.x + rectangle.width, canvas.width);
	const bottom = Math.min(rectangle.y + rectangle.height, canvas.height);
	const left = Math.max(rectangle.x, 0);
	const top = Math.max(rectangle.y, 0);
	if (left >= right || top >= bottom) {
		return;
	}
	const { data, width } = canvas;
	const first = (top * width + left) * 3;
	const end = (top * width + right) * 3;
	for (let offset = first; offset < end; offset += 3) {
		data[offset] = red;
		data[offset + 1] = green;
		data[offset + 2] = blue;
	}
	for (let y = top + 1; y < bottom; y++) {
		data.copyWithin((y * width + left) * 3, first, end);
	}
}

/** A line of one pixel along the inner side of a rectangle. */
export function strokeRectangle(canvas: RgbImage, { x, y, width, height }: Rectangle, color: Color): void {
	fillRectangle(canvas, { x, y, width, height: 1 }, color);
	fillRectangle(canvas, { x, y: y + height - 1, width, height: 1 }, color);
	fillRectangle(canvas, { x, y, width: 1, height }, color);
	fillRectangle(canvas, { x: x + width - 1, y, width: 1, height }, color);
}

/** Copy a picture onto the canvas with its left top corner at (x, y); it must lie inside. */
export function drawImage(canvas: RgbImage, image: RgbImage, x: number, y: number): void {
	const rowLength = image.width * 3;
	for (let row = 0; row < image.height; row++) {
		const source = image.data.subarray(row * rowLength, (row + 1) * rowLength);
		canvas.data.set(source, ((y + row) * canvas.width + x) * 3);
	}
}
