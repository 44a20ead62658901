import { type Camera, type Extent, type Point, pictureAt } from "./camera.ts";
import type { PictureView } from "./picture-view.ts";
import type { Raster } from "./pyramid.ts";

/** A small picture with a frame around what is seen of it. */
export interface Minimap {
	dispose(): void;
}

/** Pixels of a longer side. */
const SIDE = 160;

/**
 * Show a picture small on a canvas, with a frame around what its view shows; a press or a drag there moves the view. The
 * canvas is hidden while all is seen, and gets pixels, though no size, of the minimap: a style may do that.
 */
export function createMinimap(canvas: HTMLCanvasElement, view: PictureView): Minimap {
	const context = canvas.getContext("2d");
	let thumbnail: Raster | undefined;
	let bitmap: OffscreenCanvas | undefined;
	const abort = new AbortController();

	function update(): void {
		const { picture, extent, camera } = view;
		canvas.hidden = picture === undefined || view.thumbnail === undefined || seesAll(camera, picture, extent);
		if (canvas.hidden || context === null || picture === undefined) {
			return;
		}
		if (view.thumbnail !== thumbnail) {
			thumbnail = view.thumbnail;
			bitmap = thumbnail && bitmapOf(thumbnail);
			const scale = SIDE / Math.max(picture.width, picture.height);
			canvas.width = Math.max(1, Math.round(picture.width * scale));
			canvas.height = Math.max(1, Math.round(picture.height * scale));
		}
		if (bitmap !== undefined) {
			context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		}
		const first = pictureAt(camera, extent, { x: 0, y: 0 });
		const last = pictureAt(camera, extent, { x: extent.width, y: extent.height });
		const toMap = ({ x, y }: Point): Point => ({
			x: (Math.min(Math.max(x, 0), picture.width) * canvas.width) / picture.width,
			y: (Math.min(Math.max(y, 0), picture.height) * canvas.height) / picture.height,
		});
		drawFrame(context, toMap(first), toMap(last));
	}

	function moveTo(event: PointerEvent): void {
		const { picture } = view;
		if (picture !== undefined && canvas.clientWidth > 0 && canvas.clientHeight > 0) {
			view.setCamera({
				x: (event.offsetX * picture.width) / canvas.clientWidth,
				y: (event.offsetY * picture.height) / canvas.clientHeight,
				scale: view.camera.scale,
			});
		}
	}

	canvas.addEventListener(
		"pointerdown",
		(event) => {
			canvas.setPointerCapture(event.pointerId);
			moveTo(event);
		},
		abort,
	);
	canvas.addEventListener(
		"pointermove",
		(event) => {
			if (canvas.hasPointerCapture(event.pointerId)) {
				moveTo(event);
			}
		},
		abort,
	);
	const end = view.onFrame(update);
	update();
	return {
		dispose() {
			end();
			abort.abort();
		},
	};
}

function seesAll(camera: Camera, picture: Extent, extent: Extent): boolean {
	const first = pictureAt(camera, extent, { x: 0, y: 0 });
	const last = pictureAt(camera, extent, { x: extent.width, y: extent.height });
	return first.x <= 0 && first.y <= 0 && last.x >= picture.width && last.y >= picture.height;
}

function bitmapOf({ data, width, height }: Raster): OffscreenCanvas {
	const pixels = new ImageData(width, height);
	for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
		pixels.data[to] = data[from];
		pixels.data[to + 1] = data[from + 1];
		pixels.data[to + 2] = data[from + 2];
		pixels.data[to + 3] = 255;
	}
	const bitmap = new OffscreenCanvas(width, height);
	bitmap.getContext("2d")?.putImageData(pixels, 0, 0);
	return bitmap;
}

/** A light frame with a dark rim, on whole pixels: there it is sharp. */
function drawFrame(context: CanvasRenderingContext2D, first: Point, last: Point): void {
	const [left, top, right, bottom] = [first.x, first.y, last.x, last.y].map(Math.round);
	for (const [color, width] of [
		["rgb(0 0 0 / 70%)", 3],
		["white", 1],
	] as const) {
		context.strokeStyle = color;
		context.lineWidth = width;
		context.strokeRect(left + 1.5, top + 1.5, Math.max(1, right - left - 3), Math.max(1, bottom - top - 3));
	}
}
