export { baseOfLabels, baseOfRegions, type DocumentBase } from "./document-base.ts";
export type { PartTree } from "./document-state.ts";
export { createDocument, decodeDocument, type LabelDocument } from "./label-document.ts";
export type { Stroke } from "./stroke.ts";
