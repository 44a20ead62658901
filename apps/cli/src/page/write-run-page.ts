import type { PagePlace } from "./page-place.ts";
import { PAGE_MARK, type PageFailure, type PageResult, renderRunPage } from "./run-page.ts";

/**
 * Write the page of a run over that of an older one.
 *
 * @returns false if a file of that name is there that dinoseg did not write; it stays.
 * @throws DinosegError OUTPUT_UNWRITABLE, STORAGE_*
 */
export async function writeRunPage(
	place: PagePlace,
	results: readonly PageResult[],
	failures: readonly PageFailure[],
): Promise<boolean> {
	const old = await place.read();
	if (old !== undefined && !old.includes(PAGE_MARK)) {
		return false;
	}
	await place.write(new TextEncoder().encode(renderRunPage(results, failures)));
	return true;
}
