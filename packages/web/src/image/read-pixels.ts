import { DinosegError } from "@dinoseg/core/errors";
import { checkPixelCount, type RgbImage } from "@dinoseg/core/image";

/** Pixels that are drawn and read at once: a canvas has bounds, and takes memory. */
const TILE_PIXELS = 2 ** 22;
/** Side of a canvas that every browser has. */
const MOST_SIDE = 2 ** 13;
/** What a canvas may change where it has to convert: more, and the pixels are not those of the file. */
const MOST_DIFFERENCE = 2;

/** Where pictures are drawn: one tile after the other. */
type Context = OffscreenCanvasRenderingContext2D;

/**
 * The pixels of a picture, drawn over white.
 *
 * @throws DinosegError IMAGE_TOO_LARGE; IMAGE_UNSUPPORTED where the browser does not let pages read pixels as they are.
 */
export function readPixels(picture: ImageBitmap | VideoFrame, name: string, maxPixels: number): RgbImage {
	const [width, height] = sidesOf(picture);
	checkPixelCount(name, { width, height }, maxPixels);
	const columns = Math.min(width, MOST_SIDE);
	const rows = Math.min(height, Math.floor(TILE_PIXELS / columns));
	const context = openCanvas(columns, rows);
	checkCanvas(context, name);
	const data = new Uint8Array(width * height * 3);
	for (let top = 0; top < height; top += rows) {
		for (let left = 0; left < width; left += columns) {
			const tile = { width: Math.min(columns, width - left), height: Math.min(rows, height - top) };
			context.fillStyle = "#fff";
			context.fillRect(0, 0, tile.width, tile.height);
			context.drawImage(picture, left, top, tile.width, tile.height, 0, 0, tile.width, tile.height);
			const rgba = context.getImageData(0, 0, tile.width, tile.height).data;
			for (let y = 0, from = 0; y < tile.height; y++) {
				for (let to = ((top + y) * width + left) * 3, x = 0; x < tile.width; x++, from += 4, to += 3) {
					data[to] = rgba[from];
					data[to + 1] = rgba[from + 1];
					data[to + 2] = rgba[from + 2];
				}
			}
		}
	}
	return { data, width, height };
}

function sidesOf(picture: ImageBitmap | VideoFrame): readonly [width: number, height: number] {
	return "displayWidth" in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height];
}

function openCanvas(width: number, height: number): Context {
	const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
	if (context === null) {
		throw new DinosegError("INTERNAL", "This browser has no canvas for pixels. Use a newer one.");
	}
	return context;
}

/** Browsers that fear to be told apart by their canvas give noise. Only known pixels show it. */
function checkCanvas(context: Context, name: string): void {
	const { width, height } = context.canvas;
	const sides = [Math.min(width, 16), Math.min(height, 16)] as const;
	context.fillStyle = "rgb(200 100 50)";
	context.fillRect(0, 0, ...sides);
	const { data } = context.getImageData(0, 0, ...sides);
	const isTrue = data.every((value, at) => Math.abs(value - [200, 100, 50, 255][at % 4]) <= MOST_DIFFERENCE);
	if (!isTrue) {
		throw new DinosegError(
			"IMAGE_UNSUPPORTED",
			`${name}: this browser changes the pixels that a page reads, as protection against fingerprinting. ` +
				"Allow this page to read canvas data, or take another browser.",
		);
	}
}
