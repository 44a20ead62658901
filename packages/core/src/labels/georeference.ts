/**
 * Where the pixels of a picture lie on a map.
 *
 * Convention: x and y are positions in pixels from the upper left corner of the upper left pixel, x to the right and y
 * down, so that the centre of that pixel is at (0.5, 0.5).
 */
export interface Georeference {
	/**
	 * Coefficients a to f of `mapX = a·x + b·y + c` and `mapY = d·x + e·y + f`, in units of the coordinate reference
	 * system.
	 */
	readonly transform: readonly [a: number, b: number, c: number, d: number, e: number, f: number];
	/** The coordinate reference system as authority and code, `EPSG:32633`; null where the file names none. */
	readonly crs: string | null;
}

/** The map coordinates of a position in the picture. */
export function toMap({ transform }: Georeference, x: number, y: number): readonly [mapX: number, mapY: number] {
	const [a, b, c, d, e, f] = transform;
	return [a * x + b * y + c, d * x + e * y + f];
}
