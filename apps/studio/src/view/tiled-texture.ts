import type { Rect } from "../session/scene.ts";
import type { Extent } from "./camera.ts";
import { type Tiling, tileCopies, tilePicture } from "./tiling.ts";

/** How pixels are stored. */
export type PixelFormat = "grey" | "rgb" | "id16";

/** A picture on the graphics card: the layers of one array texture are its tiles. */
export interface TiledTexture {
	readonly texture: WebGLTexture;
	readonly tiling: Tiling;
	/** Upload a rectangle. @param data shape (rect.height, rect.width, channels). */
	write(rect: Rect, data: Uint8Array | Uint16Array): void;
	dispose(): void;
}

/**
 * Make room for a picture, without pixels yet.
 *
 * @param maxTile the greatest side of a tile.
 */
export function createTiledTexture(
	gl: WebGL2RenderingContext,
	format: PixelFormat,
	picture: Extent,
	maxTile: number,
): TiledTexture {
	const { internal, external, type, channels } = {
		grey: { internal: gl.R8, external: gl.RED, type: gl.UNSIGNED_BYTE, channels: 1 },
		rgb: { internal: gl.RGB8, external: gl.RGB, type: gl.UNSIGNED_BYTE, channels: 3 },
		id16: { internal: gl.R16UI, external: gl.RED_INTEGER, type: gl.UNSIGNED_SHORT, channels: 1 },
	}[format];
	// Ids are never interpolated.
	const tiling = tilePicture(picture, maxTile, format === "id16" ? 0 : 1);
	const texture = gl.createTexture();
	gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
	const tiles = tiling.columns * tiling.rows;
	gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, internal, tiling.tileWidth, tiling.tileHeight, tiles);
	gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
	gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
	filterTexture(gl, false);
	return {
		texture,
		tiling,
		write(rect, data) {
			gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
			gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
			gl.pixelStorei(gl.UNPACK_ROW_LENGTH, rect.width);
			for (const { tile, x, y, source } of tileCopies(tiling, rect)) {
				const { width, height } = source;
				const offset = ((source.y - rect.y) * rect.width + source.x - rect.x) * channels;
				gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, x, y, tile, width, height, 1, external, type, data, offset);
			}
			gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
		},
		dispose: () => gl.deleteTexture(texture),
	};
}

/** Let the bound array texture be interpolated between pixels, or not. */
export function filterTexture(gl: WebGL2RenderingContext, isSmooth: boolean): void {
	const filter = isSmooth ? gl.LINEAR : gl.NEAREST;
	gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, filter);
	gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, filter);
}
