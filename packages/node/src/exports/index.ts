export { checkNothingAt, type ExportContainer, type WriteExportOptions, writeExport } from "./write-export.ts";
