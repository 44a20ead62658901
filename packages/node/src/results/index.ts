export { type FoundResult, type FoundResults, findResults } from "./find-results.ts";
export { readPhotograph } from "./read-photograph.ts";
export { readResult, type StoredResult } from "./read-result.ts";
