import type { Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import { segmentPixels } from "../background.ts";
import { type Georeference, toMap } from "../georeference.ts";
import { colorToHex } from "../palette.ts";
import { tracePolygons } from "../polygons/index.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { type PolygonExportOptions, type PolygonFeature, polygonFeatures } from "./polygon-features.ts";
import { createTextWriter } from "./text-writer.ts";

/** Pixel coordinates as those of a map, so that both are written alike. */
const PIXELS: Georeference = { transform: [1, 0, 0, 0, 1, 0], crs: null };

/**
 * A label map as polygons in GeoJSON: one MultiPolygon for each segment, or one Polygon for each region.
 *
 * Convention: coordinates are map coordinates where the image has a georeference, else pixels with (0, 0) at the upper left
 * corner, x to the right, y down. In the coordinates as they are written, exteriors run counterclockwise and holes
 * clockwise. Numbers are written so that they read back exactly. `crs` is not part of RFC 7946, but of the format before it;
 * GDAL and QGIS read it.
 *
 * Properties: `id`, `name`, `pixels` and `share` of what the feature shows; `fill` and `stroke` as simplestyle has them;
 * `objectType`, `classification` and `color` as QuPath reads them, which takes `color` as three numbers only.
 *
 * Source: RFC 7946; the GeoJSON format specification of 2008, section 3.1; simplestyle-spec 1.1.0.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if an id has no segment or simplify is out of range,
 *   EXPORT_UNSUPPORTED if the text gets too long or the georeference is of no use.
 */
export function encodeGeoJson(kernels: Kernels, image: ExportImage, options: PolygonExportOptions = {}): string {
	const { splitRegions = false } = options;
	checkExportImage("encodeGeoJson", image, kernels.check);
	const { labels, segments, georeference = PIXELS } = image;
	const head = {
		type: "FeatureCollection",
		...crsMember(image.file, georeference),
		bbox: boundingBox(image, georeference),
	};
	const polygons = tracePolygons(kernels, labels, options);
	const mirrors = isMirroring(georeference);
	const text = createTextWriter(image.file, "GeoJSON", kernels.check);
	const writeRing = (ring: readonly number[]): void => {
		const { length } = ring;
		// The first position comes again as the last one.
		for (let index = 0; index <= length; index += 2) {
			const place = (mirrors ? length - index : index) % length;
			const [x, y] = toMap(georeference, ring[place], ring[place + 1]);
			text.write(index === 0 ? "[[" : ",[");
			text.write(`${x},${y}]`);
		}
		text.write("]");
	};
	const writePolygon = (region: number): void => {
		for (const [index, ring] of polygons.rings(region).entries()) {
			text.write(index === 0 ? "[" : ",");
			writeRing(ring);
		}
		text.write("]");
	};
	text.write(`${JSON.stringify(head).slice(0, -1)},"features":[`);
	let separator = "\n";
	const total = segmentPixels(labels, kernels.check);
	for (const feature of polygonFeatures(segments, polygons, splitRegions)) {
		const properties = JSON.stringify(propertiesOf(feature, total));
		const type = splitRegions ? "Polygon" : "MultiPolygon";
		text.write(`${separator}{"type":"Feature","id":${feature.id},"properties":${properties},`);
		text.write(`"geometry":{"type":"${type}","coordinates":${splitRegions ? "" : "["}`);
		for (let index = 0; index < feature.regions.length; index++) {
			text.write(index === 0 ? "" : ",");
			writePolygon(feature.regions[index]);
		}
		text.write(splitRegions ? "}}" : "]}}");
		separator = ",\n";
	}
	text.write("\n]}\n");
	return text.finish();
}

function propertiesOf({ segment, pixels }: PolygonFeature, total: number): Record<string, unknown> {
	const { id, name, color } = segment;
	const hex = colorToHex(color);
	return {
		id,
		name,
		pixels,
		share: pixels / total,
		fill: hex,
		stroke: hex,
		objectType: "annotation",
		classification: { name, color },
		color,
	};
}

/** Whether what runs counterclockwise in pixel coordinates runs clockwise in those of the map. */
function isMirroring({ transform: [a, b, , d, e] }: Georeference): boolean {
	return a * e - b * d < 0;
}

/** Least and greatest coordinates of the whole picture. */
function boundingBox({ file, labels: { width, height } }: ExportImage, georeference: Georeference): number[] {
	const { transform } = georeference;
	const [a, b, , d, e] = transform;
	const corners = [toMap(georeference, 0, 0), toMap(georeference, width, 0), toMap(georeference, 0, height)];
	corners.push(toMap(georeference, width, height));
	const xs = corners.map(([x]) => x);
	const ys = corners.map(([, y]) => y);
	if (a * e - b * d === 0 || !xs.concat(ys).every(Number.isFinite)) {
		throw new DinosegError(
			"EXPORT_UNSUPPORTED",
			`${file}: the georeference [${transform.join(", ")}] shows the picture on no area of a map. Correct it, or leave it out.`,
			{ details: { transform } },
		);
	}
	return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The coordinate reference system by its URN. In EPSG:4326 latitude is first, so what is written is CRS84. */
function crsMember(file: string, { crs }: Georeference): object {
	if (crs === null) {
		return {};
	}
	const [, authority, code] = /^([A-Za-z]+):([\w.-]+)$/.exec(crs) ?? [];
	if (authority === undefined) {
		throw new DinosegError(
			"EXPORT_UNSUPPORTED",
			`${file}: GeoJSON names a coordinate reference system by authority and code, EPSG:32633, got ${JSON.stringify(crs)}. Reproject the picture to one that has a code.`,
			{ details: { crs } },
		);
	}
	const name = crs === "EPSG:4326" ? "urn:ogc:def:crs:OGC:1.3:CRS84" : `urn:ogc:def:crs:${authority}::${code}`;
	return { crs: { type: "name", properties: { name } } };
}
