import { rename, rm, writeFile } from "node:fs/promises";
import { isDinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "./errno.ts";
import type { TemporaryFiles } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";

/** Bytes, or what writes them to a path where no file is yet, so that they need not be in memory together. */
export type FileContent = Uint8Array | ((path: string) => Promise<void>);

/**
 * Write a file so that its name never stands for half of it: under a temporary name in the same folder, then renamed.
 *
 * An existing file is replaced. Nothing is left behind on failure.
 *
 * @param path in a folder that exists.
 * @throws DinosegError OUTPUT_UNWRITABLE
 */
export async function writeFileAtomically(
	path: string,
	content: FileContent,
	temporaryFiles: TemporaryFiles,
): Promise<void> {
	const temporary = await writeTemporary(path, content, temporaryFiles);
	await publishTemporary(temporary, path, temporaryFiles);
}

/**
 * Write the content for `path` under a temporary name beside it.
 *
 * @returns the temporary path.
 * @throws DinosegError OUTPUT_UNWRITABLE that names `path`, or what the content throws of its own.
 */
export async function writeTemporary(
	path: string,
	content: FileContent,
	temporaryFiles: TemporaryFiles,
): Promise<string> {
	const temporary = temporaryFiles.reserve(path);
	try {
		await (typeof content === "function" ? content(temporary) : writeFile(temporary, content, { flag: "wx" }));
		return temporary;
	} catch (cause) {
		await discardTemporary(temporary, temporaryFiles);
		throw isDinosegError(cause) || errnoOf(cause) === undefined ? cause : unwritable(path, cause);
	}
}

/**
 * Give a temporary file its final name.
 *
 * @throws DinosegError OUTPUT_UNWRITABLE that names `path`; the temporary file is then removed.
 */
async function publishTemporary(temporary: string, path: string, temporaryFiles: TemporaryFiles): Promise<void> {
	try {
		await rename(temporary, path);
		temporaryFiles.release(temporary);
	} catch (cause) {
		await discardTemporary(temporary, temporaryFiles);
		throw unwritable(path, cause);
	}
}

/** Remove a temporary file; one that cannot be removed stays, for the error that led here matters more. */
export async function discardTemporary(temporary: string, temporaryFiles: TemporaryFiles): Promise<void> {
	await rm(temporary, { force: true }).catch(() => undefined);
	temporaryFiles.release(temporary);
}
