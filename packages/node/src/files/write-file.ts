import { rename, rm, writeFile } from "node:fs/promises";
import type { TemporaryFiles } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";

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
	bytes: Uint8Array,
	temporaryFiles: TemporaryFiles,
): Promise<void> {
	const temporary = await writeTemporary(path, bytes, temporaryFiles);
	await publishTemporary(temporary, path, temporaryFiles);
}

/**
 * Write the bytes for `path` under a temporary name beside it.
 *
 * @returns the temporary path.
 * @throws DinosegError OUTPUT_UNWRITABLE that names `path`.
 */
export async function writeTemporary(path: string, bytes: Uint8Array, temporaryFiles: TemporaryFiles): Promise<string> {
	const temporary = temporaryFiles.reserve(path);
	try {
		await writeFile(temporary, bytes, { flag: "wx" });
		return temporary;
	} catch (cause) {
		await discardTemporary(temporary, temporaryFiles);
		throw unwritable(path, cause);
	}
}

/**
 * Give a temporary file its final name.
 *
 * @throws DinosegError OUTPUT_UNWRITABLE that names `path`; the temporary file is then removed.
 */
export async function publishTemporary(temporary: string, path: string, temporaryFiles: TemporaryFiles): Promise<void> {
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
