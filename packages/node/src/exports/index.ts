export { checkExportTarget, type ExportContainer, type WriteExportOptions, writeExport } from "./write-export.ts";
