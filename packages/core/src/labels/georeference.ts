/** The keys of a coordinate reference system as a GeoTIFF has them. Source: OGC GeoTIFF 1.1, section 7.1. */
export interface GeoKeys {
	/** Tag GeoKeyDirectory: a head of four numbers, then four for each key; 0 to 65535. */
	readonly directory: readonly number[];
	/** Tag GeoDoubleParams. */
	readonly doubles: readonly number[];
	/** Tag GeoAsciiParams, a character for each byte. */
	readonly text: string;
}

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
	/** What the file says of the system, for systems that have no code too. @default nothing */
	readonly geoKeys?: GeoKeys | undefined;
}

/** The map coordinates of a position in the picture. */
export function toMap({ transform }: Georeference, x: number, y: number): readonly [mapX: number, mapY: number] {
	const [a, b, c, d, e, f] = transform;
	return [a * x + b * y + c, d * x + e * y + f];
}
