export type { Area } from "./area-sums.ts";
export { clearBackground, markBackground, segmentPixels } from "./background.ts";
export type { IdMap } from "./column-runs.ts";
export * from "./exports/index.ts";
export { type GeoKeys, type Georeference, toMap } from "./georeference.ts";
export { allocateLabels, checkLabelMap, type LabelMap } from "./label-map.ts";
export { type DecodeLabelOptions, decodeLabelPng, encodeLabelPng, labelPngColors } from "./label-png.ts";
export { type LabelRegions, labelRegions } from "./label-regions.ts";
export * from "./names/index.ts";
export { encodeNpy, type NpyArray } from "./npy.ts";
export { type MapNumbering, type NumberingOptions, numberByArea, numberMap } from "./numbering.ts";
export { type Color, colorFromHex, colorToHex, PALETTE, type Palette, paletteTable, segmentColor } from "./palette.ts";
export { physicalArea } from "./physical-area.ts";
export { type PolygonOptions, type RegionPolygons, tracePolygons } from "./polygons/index.ts";
export { type AnyRle, type CocoRle, decodeRle, encodeAllRles, encodeRle, paintRle } from "./rle.ts";
export {
	parseSegments,
	SEGMENTS_SCHEMA_ID,
	type SegmentEntry,
	type SegmentsDocument,
	segmentsJsonSchema,
	serialiseSegments,
} from "./segments-json.ts";
export {
	countRegions,
	type RegionStatistics,
	regionStatistics,
	type SegmentStatistics,
	segmentStatistics,
} from "./statistics.ts";
export { writtenJsonSchema } from "./written-schema.ts";
