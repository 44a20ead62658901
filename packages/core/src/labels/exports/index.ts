export { type CategoryTable, createCategoryTable } from "./category-table.ts";
export { type CocoOptions, createCocoWriter } from "./coco.ts";
export { type CsvOptions, createCsvWriter } from "./csv.ts";
export { type CvatMaskOptions, createCvatMaskWriter } from "./cvat-mask.ts";
export { type CvatXmlOptions, createCvatXmlWriter } from "./cvat-xml.ts";
export type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
export type { ExportImage, ExportSegment } from "./export-image.ts";

export type { ExportOptions } from "./format-records.ts";
export { type DataSetExportFormat, EXPORT_FORMATS, type ImageExportFormat } from "./formats.ts";

export { encodeGeoJson } from "./geojson.ts";
export { createLabelStudioWriter, type LabelStudioOptions } from "./label-studio.ts";
export { createLabelmeWriter, type LabelmeOptions } from "./labelme.ts";
export type { PolygonExportOptions } from "./polygon-features.ts";
export type { ExportNotes } from "./reference-notes.ts";
export {
	type CutoutsOptions,
	createCutoutsWriter,
	createSegmentMasksWriter,
	encodeSegmentsCutout,
	type SegmentMasksOptions,
} from "./segment-images.ts";
export { encodeSvg } from "./svg.ts";
export { encodeLabelTiff } from "./tiff.ts";
export { createVocWriter, type VocOptions } from "./voc.ts";
export { createYoloWriter, type YoloOptions } from "./yolo.ts";
export { type ZipStream, zipFiles, zipPieces } from "./zip.ts";
