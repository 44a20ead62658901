import type { Kernels } from "@dinoseg/kernels";
import { zlibSync } from "fflate";
import type { Georeference } from "../georeference.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { ASCII, DOUBLE, LONG, SHORT, type TiffEntry, writeTiff } from "./tiff-file.ts";

const FORMAT = "TIFF";

/** Of a strip before it is compressed: what programs read at a time. */
const STRIP_BYTES = 2 ** 18;

/** Compression of the name Adobe Deflate, black for 0, and unsigned integers. */
const [DEFLATE, BLACK_IS_ZERO, UNSIGNED] = [8, 1, 1];

/** GTRasterTypeGeoKey, and its value for a transformation of the corners of pixels. */
const [RASTER_TYPE_KEY, PIXEL_IS_AREA] = [1025, 1];

/**
 * A label map as TIFF: one band of 32-bit unsigned integers, the id + 1 of each pixel's segment. 0 stands for no segment,
 * and GDAL takes it for no data.
 *
 * The place on the map goes with it as GeoTIFF: a scale and a tie point where rows run along the first axis and columns
 * against the second, a transformation else; the keys of the reference system as the photograph had them.
 *
 * Source: TIFF 6.0 and its supplement of 2002 (Deflate); OGC GeoTIFF 1.1, 19-008r4; GDAL's driver GTiff for the tag NODATA.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if an id has no segment.
 */
export function encodeLabelTiff(kernels: Kernels, image: ExportImage): Uint8Array {
	checkExportImage(FORMAT, image, kernels.check);
	const { data, width, height, background } = image.labels;
	const rows = Math.max(1, Math.floor(STRIP_BYTES / (4 * width)));
	const strips: Uint8Array[] = [];
	for (let top = 0; top < height; top += rows) {
		kernels.check();
		strips.push(encodeStrip(data.subarray(top * width, (top + rows) * width), background));
	}
	return writeTiff(
		[
			{ tag: 256, type: LONG, values: [width] },
			{ tag: 257, type: LONG, values: [height] },
			{ tag: 258, type: SHORT, values: [32] },
			{ tag: 259, type: SHORT, values: [DEFLATE] },
			{ tag: 262, type: SHORT, values: [BLACK_IS_ZERO] },
			{ tag: 277, type: SHORT, values: [1] },
			{ tag: 278, type: LONG, values: [rows] },
			{ tag: 339, type: SHORT, values: [UNSIGNED] },
			...(image.georeference === undefined ? [] : geoEntries(image.georeference)),
			{ tag: 42113, type: ASCII, values: "0\0" },
		],
		strips,
	);
}

function encodeStrip(ids: Uint8Array | Uint16Array, background: number | undefined): Uint8Array {
	const bytes = new Uint8Array(ids.length * 4);
	const view = new DataView(bytes.buffer);
	for (let at = 0; at < ids.length; at++) {
		view.setUint32(at * 4, ids[at] === background ? 0 : ids[at] + 1, true);
	}
	return zlibSync(bytes);
}

function geoEntries({ transform: [a, b, c, d, e, f], geoKeys }: Georeference): TiffEntry[] {
	const isNorthUp = b === 0 && d === 0 && a > 0 && e < 0;
	const place: TiffEntry[] = isNorthUp
		? [
				{ tag: 33550, type: DOUBLE, values: [a, -e, 0] },
				{ tag: 33922, type: DOUBLE, values: [0, 0, 0, c, f, 0] },
			]
		: [{ tag: 34264, type: DOUBLE, values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1] }];
	if (geoKeys === undefined) {
		return place;
	}
	const { directory, doubles, text } = geoKeys;
	const keys: TiffEntry[] = [
		{ tag: 34735, type: SHORT, values: ofAreas(directory) },
		{ tag: 34736, type: DOUBLE, values: doubles },
		{ tag: 34737, type: ASCII, values: text },
	];
	return [...place, ...keys.filter(({ values }) => values.length > 0)];
}

/** The keys with pixels as areas: `Georeference` is of their corners, also where the photograph's was of their centres. */
function ofAreas(directory: readonly number[]): number[] {
	const keys = [...directory];
	for (let at = 4; at + 3 < keys.length; at += 4) {
		if (keys[at] === RASTER_TYPE_KEY) {
			keys[at + 3] = PIXEL_IS_AREA;
		}
	}
	return keys;
}
