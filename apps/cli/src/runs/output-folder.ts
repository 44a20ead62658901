import { isDinosegError } from "@dinoseg/core/errors";
import { type FolderLock, lockFolder, type TemporaryFiles } from "@dinoseg/node/files";
import { bucketAt } from "../buckets/bucket-at.ts";
import { isBucketUri, joinOutput } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { shellMessage } from "../flags/shell-message.ts";
import { pagePlace, RUN_PAGE } from "../page/page-place.ts";
import type { PageResult } from "../page/run-page.ts";
import type { RunLog } from "../progress/run-log.ts";

/**
 * Throw if the bucket that results are to go to cannot be read: before hours of work, not after. On a disk the first result
 * tells.
 *
 * @throws DinosegError STORAGE_*, OPTION_INVALID
 */
export async function checkOutput(context: CommandContext, output: string): Promise<void> {
	if (isBucketUri(output)) {
		const { storage, key } = await bucketAt(context, joinOutput(output, RUN_PAGE));
		await storage.size(key);
	}
}

/** Without a lock in a bucket, and where nothing can be written: there each image says so, and what is there already counts. */
export async function lockOutput(folder: string, temporaryFiles: TemporaryFiles): Promise<FolderLock | undefined> {
	if (isBucketUri(folder)) {
		return undefined;
	}
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
	context: CommandContext,
	output: string,
	results: readonly PageResult[],
	log: RunLog,
): Promise<string | undefined> {
	const { writeRunPage } = await import("../page/write-run-page.ts");
	const failures = log.failedInputs().map(({ input, error }) => ({ message: error?.message ?? input }));
	return writeRunPage(pagePlace(context, output), results, failures).then(
		(written) => (written ? undefined : `${output}: the index.html there is not by dinoseg, so it stays.`),
		(error) => shellMessage(asDinosegError(error, output)),
	);
}
