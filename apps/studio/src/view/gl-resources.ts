import { createPictureRenderer, type PictureRenderer } from "./picture-renderer.ts";
import { createPictureTextures, type ImageSlot, type PictureTextures } from "./picture-textures.ts";
import type { Raster } from "./pyramid.ts";

/** What a view has on the graphics card. */
export interface GlResources {
	readonly renderer: PictureRenderer;
	readonly textures: PictureTextures;
	/** Set a picture, which is uploaded again after the context was lost. */
	setImage(slot: ImageSlot, image: Raster | undefined): void;
	/** The picture that was set. */
	raster(slot: ImageSlot): Raster | undefined;
	dispose(): void;
}

/**
 * Keep what a canvas needs on the graphics card.
 *
 * @param maxTile   the greatest side of a texture.
 * @param onRestore is told when all is new after the context was lost: pictures are set again, nothing else is.
 */
export function keepGlResources(
	canvas: HTMLCanvasElement,
	gl: WebGL2RenderingContext,
	maxTile: number,
	onRestore: () => void,
): GlResources {
	const images = new Map<ImageSlot, Raster>();
	const create = () => ({
		renderer: createPictureRenderer(gl),
		textures: createPictureTextures(gl, Math.min(maxTile, gl.getParameter(gl.MAX_TEXTURE_SIZE))),
	});
	let { renderer, textures } = create();
	const abort = new AbortController();

	canvas.addEventListener(
		"webglcontextlost",
		(event) => {
			// Else it would never come back.
			event.preventDefault();
		},
		abort,
	);
	canvas.addEventListener(
		"webglcontextrestored",
		() => {
			({ renderer, textures } = create());
			for (const [slot, image] of images) {
				textures.setImage(slot, image);
			}
			onRestore();
		},
		abort,
	);

	return {
		get renderer() {
			return renderer;
		},
		get textures() {
			return textures;
		},
		setImage(slot, image) {
			if (image === undefined) {
				images.delete(slot);
			} else {
				images.set(slot, image);
			}
			textures.setImage(slot, image);
		},
		raster: (slot) => images.get(slot),
		dispose() {
			abort.abort();
			textures.dispose();
			renderer.dispose();
		},
	};
}
