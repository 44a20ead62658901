export type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
export type { ExportImage, ExportSegment } from "./export-image.ts";
