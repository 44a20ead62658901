/** Results on the disk: written, found and read back. */
export { checkNoResult, findWantedResult, type WantedResult } from "./compare-result.ts";
export { type FoundResult, type FoundResults, findResults } from "./find-results.ts";
export { readPhotograph } from "./read-photograph.ts";
export { ownName, readDocument, readResult, type StoredResult } from "./read-result.ts";
export { type SaveOptions, saveResult } from "./save-result.ts";
