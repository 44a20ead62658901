import { pyramidBands, pyramidLevels, type Raster } from "./pyramid.ts";
import { createTiledTexture, type TiledTexture } from "./tiled-texture.ts";

/** A picture on the graphics card, at its size and at halves of it. */
export interface PyramidTexture {
	/** The sides of the picture. */
	readonly width: number;
	readonly height: number;
	/** The largest first. */
	readonly levels: readonly TiledTexture[];
	/** The smallest level. */
	readonly smallest: Raster;
	dispose(): void;
}

/** Pixels of a band: a few milliseconds each. */
const BAND_PIXELS = 1 << 19;

/**
 * Upload a picture, a band at each step. What is there already is given back if the caller ends it early.
 *
 * @param maxTile the greatest side of a tile.
 */
export function* uploadPyramid(
	gl: WebGL2RenderingContext,
	picture: Raster,
	maxTile: number,
): Generator<void, PyramidTexture> {
	const { width, height, channels } = picture;
	const format = channels === 1 ? "grey" : "rgb";
	const levels: TiledTexture[] = [];
	const dispose = () => {
		for (const level of levels) {
			level.dispose();
		}
	};
	const extents = pyramidLevels(width, height);
	const bands = pyramidBands(picture, BAND_PIXELS);
	let isComplete = false;
	try {
		for (;;) {
			const step = bands.next();
			if (step.done) {
				isComplete = true;
				return { width, height, levels, smallest: step.value, dispose };
			}
			const { level, y, rows } = step.value;
			if (level === levels.length) {
				levels.push(createTiledTexture(gl, format, extents[level], maxTile));
			}
			levels[level].write({ x: 0, y, width: rows.width, height: rows.height }, rows.data);
			yield;
		}
	} finally {
		if (!isComplete) {
			dispose();
		}
	}
}
