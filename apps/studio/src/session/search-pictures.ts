import { sha256 } from "hash-wasm";
import type { EngineCall } from "../engine/engine.ts";
import { type FoundInAll, findInAll, type SearchedPicture } from "./analysis/find-in-all.ts";

/**
 * Find the same segments in several pictures, as `findInAll`. The browser's own digest is not there where the page comes
 * over plain HTTP.
 */
export function searchPictures(
	pictures: readonly SearchedPicture[],
	clusters: number,
	call: EngineCall,
): Promise<FoundInAll> {
	return findInAll(pictures, clusters, sha256, call);
}
