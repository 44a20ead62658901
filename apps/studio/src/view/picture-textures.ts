import type { PartPatch } from "../session/scene.ts";
import type { Extent } from "./camera.ts";
import type { Raster } from "./pyramid.ts";
import { type PyramidTexture, uploadPyramid } from "./pyramid-texture.ts";
import { createTiledTexture, type TiledTexture } from "./tiled-texture.ts";

/** A picture of colours or numbers that a view can show. */
export type ImageSlot = "photograph" | "denoised" | "layer";

/** The pictures on the graphics card. They get there bit by bit: what is set is there once nothing is pending. */
export interface PictureTextures {
	setImage(slot: ImageSlot, image: Raster | undefined): void;
	image(slot: ImageSlot): PyramidTexture | undefined;
	/** @param parts is read until nothing is pending. Shape (height, width). */
	setParts(picture: Extent, parts: Uint16Array | undefined): void;
	patchParts(patch: PartPatch): void;
	readonly parts: TiledTexture | undefined;
	readonly isPending: boolean;
	/** Go on for about some milliseconds; at least one step. */
	upload(milliseconds: number): void;
	dispose(): void;
}

/** Pixels of ids that are uploaded at once. */
const BAND_PIXELS = 1 << 20;

/**
 * Make room for pictures in a context.
 *
 * @param maxTile the greatest side of a texture.
 */
export function createPictureTextures(gl: WebGL2RenderingContext, maxTile: number): PictureTextures {
	const images = new Map<ImageSlot, PyramidTexture>();
	const uploads = new Map<ImageSlot | "parts", Generator<void, void>>();
	let partsTexture: TiledTexture | undefined;

	function replaceUpload(slot: ImageSlot | "parts", upload: Generator<void, void> | undefined): void {
		uploads.get(slot)?.return();
		uploads.delete(slot);
		if (upload !== undefined) {
			uploads.set(slot, upload);
		}
	}

	function* uploadImage(slot: ImageSlot, image: Raster): Generator<void, void> {
		const pyramid = yield* uploadPyramid(gl, image, maxTile);
		images.get(slot)?.dispose();
		images.set(slot, pyramid);
	}

	return {
		setImage(slot, image) {
			replaceUpload(slot, image && uploadImage(slot, image));
			if (image === undefined) {
				images.get(slot)?.dispose();
				images.delete(slot);
			}
		},
		image: (slot) => images.get(slot),
		setParts(picture, parts) {
			partsTexture?.dispose();
			partsTexture = parts && createTiledTexture(gl, "id16", picture, maxTile);
			replaceUpload("parts", partsTexture && parts && uploadParts(partsTexture, picture, parts));
		},
		patchParts({ rect, data }) {
			partsTexture?.write(rect, data);
		},
		get parts() {
			return partsTexture;
		},
		get isPending() {
			return uploads.size > 0;
		},
		upload(milliseconds) {
			const end = performance.now() + milliseconds;
			for (const [slot, upload] of uploads) {
				do {
					if (upload.next().done) {
						uploads.delete(slot);
						break;
					}
				} while (performance.now() < end);
				if (performance.now() >= end) {
					return;
				}
			}
		},
		dispose() {
			for (const slot of [...uploads.keys()]) {
				replaceUpload(slot, undefined);
			}
			for (const image of images.values()) {
				image.dispose();
			}
			images.clear();
			partsTexture?.dispose();
		},
	};
}

function* uploadParts(texture: TiledTexture, { width, height }: Extent, parts: Uint16Array): Generator<void, void> {
	const bandRows = Math.max(1, Math.floor(BAND_PIXELS / width));
	for (let y = 0; y < height; y += bandRows) {
		const end = Math.min(y + bandRows, height);
		texture.write({ x: 0, y, width, height: end - y }, parts.subarray(y * width, end * width));
		yield;
	}
}
