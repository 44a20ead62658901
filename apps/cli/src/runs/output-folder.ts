import { isDinosegError } from "@dinoseg/core/errors";
import { type FolderLock, lockFolder, type TemporaryFiles } from "@dinoseg/node/files";
import { asDinosegError } from "../commands/internal-error.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { PageResult } from "../page/run-page.ts";
import type { RunLog } from "../progress/run-log.ts";

/** Without a lock where nothing can be written: there each image says so, and what is there already counts. */
export async function lockOutput(folder: string, temporaryFiles: TemporaryFiles): Promise<FolderLock | undefined> {
	try {
		return await lockFolder(folder, temporaryFiles);
	} catch (error) {
		if (isDinosegError(error) && error.code === "OUTPUT_UNWRITABLE") {
			return undefined;
		}
		throw error;
	}
}

/**
 * Write the page of a run. That it cannot be written is no failure of an image.
 *
 * @returns why there is none, or nothing.
 */
export async function writePage(
	output: string,
	results: readonly PageResult[],
	log: RunLog,
	temporaryFiles: TemporaryFiles,
): Promise<string | undefined> {
	const { writeRunPage } = await import("../page/write-run-page.ts");
	const failures = log.failedInputs().map(({ input, error }) => ({ message: error?.message ?? input }));
	return writeRunPage(output, results, failures, temporaryFiles).then(
		(written) => (written ? undefined : `${output}: the index.html there is not by dinoseg, so it stays.`),
		(error) => shellMessage(asDinosegError(error, output)),
	);
}
