import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TemporaryFiles, writeFileAtomically } from "@dinoseg/node/files";
import { PAGE_MARK, type PageFailure, type PageResult, renderRunPage } from "./run-page.ts";

/** The page of a run, in its output folder. */
const RUN_PAGE = "index.html";

/**
 * Write the page of a run over that of an older one.
 *
 * @returns false if a file of that name is there that dinoseg did not write; it stays.
 * @throws DinosegError OUTPUT_UNWRITABLE
 */
export async function writeRunPage(
	folder: string,
	results: readonly PageResult[],
	failures: readonly PageFailure[],
	temporaryFiles: TemporaryFiles,
): Promise<boolean> {
	const path = join(folder, RUN_PAGE);
	const old = await readFile(path, "utf8").catch(() => PAGE_MARK);
	if (!old.includes(PAGE_MARK)) {
		return false;
	}
	await writeFileAtomically(path, new TextEncoder().encode(renderRunPage(results, failures)), temporaryFiles);
	return true;
}
