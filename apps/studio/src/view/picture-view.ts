import type { RgbImage } from "@dinoseg/core/image";
import type { Layer } from "../session/layers.ts";
import type { PartPatch } from "../session/scene.ts";
import type { Camera, Extent, Point } from "./camera.ts";
import type { Raster } from "./pyramid.ts";
import type { SegmentLook } from "./segment-looks.ts";
import type { ViewStyle } from "./view-style.ts";

/** A circle on the picture, in its pixels. */
export interface Circle extends Point {
	readonly radius: number;
}

/** The picture on the screen. Whatever is set is seen with the next frame. */
export interface PictureView {
	/** Show another picture, whole. One of another size has no parts and no layers yet. @throws DinosegError */
	setPhotograph(photograph: RgbImage): void;
	/**
	 * Tell the part of each pixel. `parts` is copied.
	 *
	 * @throws DinosegError SHAPE_MISMATCH unless it has the size of the photograph
	 */
	setParts(width: number, height: number, parts: Uint16Array): void;
	/** Tell new parts of rectangles. @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH */
	patchParts(patches: readonly PartPatch[]): void;
	/** Tell the segment of each part. Shape (parts,). @throws DinosegError OPTION_INVALID if there are more than 65,536 */
	setTable(table: Uint16Array): void;
	/** Tell which segments are seen, and how. @param background an id that is no segment. */
	setSegments(segments: readonly SegmentLook[], background?: number | undefined): void;
	/**
	 * Lay a picture of numbers over the ground; one that is denoised can be the ground, too.
	 *
	 * @param isSmooth interpolated between its pixels.
	 */
	setLayer(layer: Layer | undefined, isSmooth: boolean): void;
	setStyle(style: ViewStyle): void;
	/** Look elsewhere, as far as it is allowed. */
	setCamera(camera: Camera): void;
	readonly camera: Camera;
	/** The sides of the picture. */
	readonly picture: Extent | undefined;
	/** The sides of the canvas, CSS pixels. */
	readonly extent: Extent;
	/** The picture made small: its longer side has at most 256 pixels. */
	readonly thumbnail: Raster | undefined;
	/** Show where the brush would paint. */
	setBrush(circle: Circle | undefined): void;
	/** Show what a lasso has gone around. */
	setLasso(points: readonly Point[] | undefined): void;
	/** Show the picture whole, also when the canvas gets another size. */
	fit(): void;
	/** Take another scale. @param at place of the canvas where the picture stays, CSS pixels. @default its middle */
	zoomTo(scale: number, at?: Point): void;
	/** Move the picture, CSS pixels. */
	panBy(dx: number, dy: number): void;
	/** The point of the picture below a place of the page; the centre of the first pixel is (0.5, 0.5). */
	toPicture(clientX: number, clientY: number): Point;
	/** Draw what waits for the next frame without waiting for it, unless one was just drawn: the rest of the page comes after. */
	hasten(): void;
	/** Draw at once, and finely, what waits for the next frame. */
	draw(): void;
	/** Be told after each frame. @returns ends it. */
	onFrame(listener: () => void): () => void;
	dispose(): void;
}

export interface PictureViewOptions {
	/** The greatest side of a texture, pixels. @default what the graphics card allows */
	readonly maxTile?: number | undefined;
}
