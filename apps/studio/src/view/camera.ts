/** Where a picture lies on a canvas. Lengths are CSS pixels on the canvas, and pixels on the picture. */

/** What a person looks at. */
export interface Camera {
	/** The point of the picture that lies in the middle of the canvas; the centre of the first pixel is (0.5, 0.5). */
	readonly x: number;
	readonly y: number;
	/** CSS pixels that a pixel of the picture is wide. */
	readonly scale: number;
}

/** A place: of the picture in its pixels, or of the canvas in CSS pixels from its upper left corner. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** Width and height of a picture or of a canvas. */
export interface Extent {
	readonly width: number;
	readonly height: number;
}

/** The greatest scale, unless the picture is so small that even this leaves most of the canvas empty. */
const MAX_SCALE = 64;
/** CSS pixels that stay free around a picture that is shown whole. */
const FIT_MARGIN = 16;
/** CSS pixels of the canvas, at most a quarter, that may be empty beside a larger picture: its edge is easier to paint there. */
const EDGE_MARGIN = 64;

/** The camera that shows a picture whole, in the middle. */
export function fitCamera(picture: Extent, canvas: Extent): Camera {
	return { x: picture.width / 2, y: picture.height / 2, scale: fitScale(picture, canvas) };
}

function fitScale(picture: Extent, canvas: Extent): number {
	const room = (length: number) => Math.max(1, length - 2 * FIT_MARGIN);
	return Math.min(room(canvas.width) / picture.width, room(canvas.height) / picture.height);
}

/**
 * The nearest camera that is allowed: from half the scale that shows the whole picture to 64, and the picture fills the
 * canvas up to a margin, or lies in its middle.
 */
export function clampCamera(camera: Camera, picture: Extent, canvas: Extent): Camera {
	const fit = fitScale(picture, canvas);
	const scale = Math.min(Math.max(camera.scale, Math.min(fit / 2, MAX_SCALE)), Math.max(fit, MAX_SCALE));
	return {
		x: clampAxis(camera.x, picture.width, canvas.width, scale),
		y: clampAxis(camera.y, picture.height, canvas.height, scale),
		scale,
	};
}

function clampAxis(centre: number, length: number, room: number, scale: number): number {
	const visible = room / scale;
	const margin = Math.min(EDGE_MARGIN, room / 4) / scale;
	return length + 2 * margin <= visible
		? length / 2
		: Math.min(Math.max(centre, visible / 2 - margin), length - visible / 2 + margin);
}

/** Another scale, with the same point of the picture at a place of the canvas. */
export function zoomCamera(camera: Camera, canvas: Extent, scale: number, at: Point): Camera {
	const fixed = pictureAt(camera, canvas, at);
	return {
		x: fixed.x - (at.x - canvas.width / 2) / scale,
		y: fixed.y - (at.y - canvas.height / 2) / scale,
		scale,
	};
}

/** Move the picture on the canvas. */
export function panCamera(camera: Camera, dx: number, dy: number): Camera {
	return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** The point of the picture at a place of the canvas. */
export function pictureAt({ x, y, scale }: Camera, canvas: Extent, at: Point): Point {
	return { x: x + (at.x - canvas.width / 2) / scale, y: y + (at.y - canvas.height / 2) / scale };
}

/** The place on the canvas of a point of the picture. */
export function canvasAt({ x, y, scale }: Camera, canvas: Extent, point: Point): Point {
	return { x: (point.x - x) * scale + canvas.width / 2, y: (point.y - y) * scale + canvas.height / 2 };
}

/** How the pixels of a screen lie on the picture. */
export interface Sampling {
	/** The point of the picture at the upper left corner of the canvas. */
	readonly origin: Point;
	/** Pixels of the picture that a pixel of the screen is wide. */
	readonly step: number;
}

/**
 * How the pixels of a screen lie on the picture, moved by less than one so that the picture begins where one of them does:
 * nothing shimmers while it is moved.
 *
 * @param ratio pixels of the screen that a CSS pixel is wide.
 */
export function sampleScreen(camera: Camera, canvas: Extent, ratio: number): Sampling {
	const step = 1 / (camera.scale * ratio);
	const corner = pictureAt(camera, canvas, { x: 0, y: 0 });
	return { origin: { x: Math.round(corner.x / step) * step, y: Math.round(corner.y / step) * step }, step };
}
