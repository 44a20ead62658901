export { defaultSegmentName } from "./default-segment-name.ts";
export { parseNames } from "./parse-names.ts";
export { applyNames, namedPalette, type SegmentName, type SegmentNames } from "./segment-names.ts";
