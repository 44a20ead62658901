import { thin } from "./thin.ts";

/** Any label map: one label per pixel. */
export interface LabelRaster {
	/** Shape (height, width). */
	readonly data: ArrayLike<number>;
	readonly width: number;
	readonly height: number;
}

/**
 * The boundaries of a label map, one pixel wide: 1 on a boundary, else 0. Shape (height, width).
 *
 * Convention: a pixel is on a boundary where it, its right, its lower and its lower right neighbour are not all of one
 * label; the lines are then thinned.
 * Source: BSDS500 bench, `seg2bdry(seg, "imageSize")` and `bwmorph(…, "thin", inf)`.
 */
export function boundaryMap({ data, width, height }: LabelRaster): Uint8Array {
	const boundary = new Uint8Array(width * height);
	for (let y = 0; y < height; y++) {
		const below = y + 1 < height ? width : 0;
		for (let x = 0; x < width; x++) {
			const at = y * width + x;
			const right = x + 1 < width ? 1 : 0;
			const label = data[at];
			if (data[at + right] !== label || data[at + below] !== label || data[at + below + right] !== label) {
				boundary[at] = 1;
			}
		}
	}
	thin(boundary, width, height);
	return boundary;
}
