import type { Warning } from "@dinoseg/core";
import type { Georeference } from "@dinoseg/core/labels";
import type { PixelSize } from "@dinoseg/core/options";
import { geoHeader, readGeoKeys } from "./geo-header.ts";
import { uprightTransform } from "./orientation.ts";

type Transform = Georeference["transform"];

/** A decoded TIFF picture. */
export interface PlacedPicture {
	/** Where its directory lies, bytes. */
	readonly directory: number;
	/** Tag Orientation: 1 to 8, by which the stored picture was turned upright. */
	readonly orientation: number;
	/** Of the upright picture, pixels. */
	readonly width: number;
	readonly height: number;
}

export interface GeoreferenceReading {
	readonly georeference?: Georeference;
	/** Of the upright picture; of a projection with a unit of length, and whose areas are true. */
	readonly pixelSize?: PixelSize;
	readonly warnings: readonly Warning[];
}

/** Values of GTModelTypeGeoKey and GTRasterTypeGeoKey. */
const PROJECTED_MODEL = 1;
const PIXEL_IS_POINT = 2;
/** Codes of coordinate reference systems that the EPSG register has; 0 is undefined, 32767 defined by the user. */
const EPSG_CODES = { min: 1024, max: 32766 };

/**
 * Read where the pixels of a GeoTIFF lie on the map, from the header of one of its pictures.
 *
 * Convention: ModelPixelScale with the first ModelTiepoint, else ModelTransformation; heights are left out; rows run
 * against the second axis whatever the sign of the scale; PixelIsPoint moves by half a pixel. Tags that cannot be used
 * give a warning and no georeference. Files beside the picture are not looked at.
 * Reference: GDAL's driver GTiff.
 * Source: OGC GeoTIFF 1.1, 19-008r4.
 *
 * @param bytes a whole TIFF or BigTIFF. Not modified.
 */
export async function readGeoreference(bytes: Uint8Array, picture: PlacedPicture): Promise<GeoreferenceReading> {
	try {
		const header = geoHeader(bytes, picture.directory);
		if (header === undefined) {
			return { warnings: [] };
		}
		const { transform, crs, metres } = await parseGeoTags(header);
		const geoKeys = readGeoKeys(new Uint8Array(header));
		const upright = uprightTransform(transform, picture);
		const pixelSize = metres === undefined ? undefined : sizeOnMap(upright, metres);
		const georeference = { transform: upright, crs, ...(geoKeys ? { geoKeys } : {}) };
		return { georeference, ...(pixelSize ? { pixelSize } : {}), warnings: [] };
	} catch (cause) {
		const message =
			"The GeoTIFF's place on the map is not known, because its tags cannot be used " +
			`(${String((cause as Error).message)}). Write them anew, for example with gdal_translate or gdalwarp.`;
		return { warnings: [{ code: "GEOREFERENCE_UNUSABLE", message }] };
	}
}

interface GeoTags {
	readonly scale: ArrayLike<number>;
	readonly tiepoints: ArrayLike<number>;
	readonly matrix: ArrayLike<number>;
	readonly keys: Readonly<Record<string, unknown>>;
}

/** Where the pixels as stored lie. */
async function parseGeoTags(header: ArrayBuffer): Promise<Georeference & { readonly metres: number | undefined }> {
	// Loaded here: few pictures need it, and it takes as long as all else that the program loads.
	const { fromArrayBuffer } = await import("geotiff");
	const image = await (await fromArrayBuffer(header)).getImage(0);
	const directory = image.getFileDirectory();
	const tags: GeoTags = {
		scale: directory.getValue("ModelPixelScale") ?? [],
		tiepoints: directory.getValue("ModelTiepoint") ?? [],
		matrix: directory.getValue("ModelTransformation") ?? [],
		keys: image.getGeoKeys() ?? {},
	};
	const isPoint = tags.keys["GTRasterTypeGeoKey"] === PIXEL_IS_POINT;
	const transform = isPoint ? moveByHalfAPixel(transformOf(tags)) : transformOf(tags);
	const [a, b, , d, e] = transform;
	const area = a * e - b * d;
	if (!transform.every(Number.isFinite) || !Number.isFinite(area) || area === 0) {
		throw new RangeError("they place no pixel");
	}
	return { transform, crs: crsOf(tags.keys), metres: metresOf(tags.keys) };
}

/** Values of ProjLinearUnitsGeoKey, metres each: the metre, the foot, and the foot of United States surveys. */
const LINEAR_UNITS: ReadonlyMap<unknown, number> = new Map([
	[9001, 1],
	[9002, 0.3048],
	[9003, 1200 / 3937],
]);
/** Web Mercator shows a square metre as four at 60 degrees north. */
const WEB_MERCATOR = 3857;

/** Metres of a unit of the map; nothing where areas on the map are none on the ground. */
function metresOf(keys: GeoTags["keys"]): number | undefined {
	const isProjected = keys["GTModelTypeGeoKey"] === PROJECTED_MODEL;
	return isProjected && keys["ProjectedCSTypeGeoKey"] !== WEB_MERCATOR
		? LINEAR_UNITS.get(keys["ProjLinearUnitsGeoKey"])
		: undefined;
}

/** The sides of a pixel whose product is its area, also where the map shears it. */
function sizeOnMap([a, b, , d, e]: Transform, metres: number): PixelSize {
	const width = Math.hypot(a, d);
	return { width: width * metres, height: (Math.abs(a * e - b * d) / width) * metres, unit: "m" };
}

function transformOf({ scale, tiepoints, matrix }: GeoTags): Transform {
	if (scale.length >= 2 && tiepoints.length >= 6 && scale[0] !== 0 && scale[1] !== 0) {
		const [column, row, , mapX, mapY] = Array.from(tiepoints);
		const [a, e] = [scale[0], -Math.abs(scale[1])];
		return [a, 0, mapX - column * a, 0, e, mapY - row * e];
	}
	if (matrix.length >= 16) {
		return [matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]];
	}
	throw new RangeError("no scale with a tie point, and no transformation");
}

/** From the centres of pixels to their upper left corners. */
function moveByHalfAPixel([a, b, c, d, e, f]: Transform): Transform {
	return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

function crsOf(keys: GeoTags["keys"]): string | null {
	// A projection without a code of its own is not the geographic system that it is based on.
	const isProjected = keys["GTModelTypeGeoKey"] === PROJECTED_MODEL || keys["ProjectedCSTypeGeoKey"] !== undefined;
	const code = isProjected ? keys["ProjectedCSTypeGeoKey"] : keys["GeographicTypeGeoKey"];
	return typeof code === "number" && code >= EPSG_CODES.min && code <= EPSG_CODES.max ? `EPSG:${code}` : null;
}
