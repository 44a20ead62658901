export { type CategoryTable, createCategoryTable } from "./category-table.ts";
export { type CocoOptions, createCocoWriter } from "./coco.ts";
export { type CsvOptions, createCsvWriter } from "./csv.ts";
export type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
export type { ExportImage, ExportSegment } from "./export-image.ts";
export { encodeGeoJson } from "./geojson.ts";
export type { PolygonExportOptions } from "./polygon-features.ts";
export { encodeSvg } from "./svg.ts";
export { type ZipStream, zipPieces } from "./zip.ts";
