import { mkdir, rmdir, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core";
import { errnoOf } from "./errno.ts";
import type { TemporaryFiles } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";
import { discardTemporary, publishTemporary, writeTemporary } from "./write-file.ts";

export interface PublishOptions {
	/** The file whose presence means that the result is complete. It must be one of the files. */
	readonly marker: string;
	readonly temporaryFiles: TemporaryFiles;
}

/**
 * Write a result of several files so that its marker file stands only beside a complete result.
 *
 * Every file is written under a temporary name first. Only when all bytes are on disk is an old marker removed, the
 * files get their names, and the marker gets its own last. Until then an older result is untouched; on failure no
 * temporary file and no new empty folder is left behind.
 *
 * @param folder created with its parents if absent. Other files in it are left alone.
 * @param files  content by file name (no folders).
 * @throws DinosegError OUTPUT_UNWRITABLE; OPTION_INVALID if the marker is none of the files.
 */
export async function publishFolder(
	folder: string,
	files: ReadonlyMap<string, Uint8Array>,
	options: PublishOptions,
): Promise<void> {
	const { marker, temporaryFiles } = options;
	if (!files.has(marker)) {
		throw new DinosegError("OPTION_INVALID", `publishFolder: marker must be one of the files, got ${marker}.`);
	}
	const created = await createFolder(folder);
	const names = [...files.keys()].filter((name) => name !== marker).concat(marker);
	const temporaries = new Map<string, string>();
	try {
		for (const name of names) {
			const bytes = files.get(name) as Uint8Array;
			temporaries.set(name, await writeTemporary(join(folder, name), bytes, temporaryFiles));
		}
		await removeMarker(join(folder, marker));
		for (const name of names) {
			await publishTemporary(temporaries.get(name) as string, join(folder, name), temporaryFiles);
		}
	} catch (error) {
		for (const temporary of temporaries.values()) {
			await discardTemporary(temporary, temporaryFiles);
		}
		await removeEmptyFolders(folder, created);
		throw error;
	}
}

/**
 * Create a folder with its parents, unless it exists.
 *
 * @returns the topmost folder that had to be created, if any.
 * @throws DinosegError OUTPUT_UNWRITABLE
 */
export async function createFolder(folder: string): Promise<string | undefined> {
	try {
		return await mkdir(resolve(folder), { recursive: true });
	} catch (cause) {
		throw unwritable(folder, cause);
	}
}

async function removeMarker(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (cause) {
		if (errnoOf(cause) !== "ENOENT") {
			throw unwritable(path, cause);
		}
	}
}

/** Remove `folder` and its parents up to `created`, as long as they are empty. */
async function removeEmptyFolders(folder: string, created: string | undefined): Promise<void> {
	if (created === undefined) {
		return;
	}
	for (let path = resolve(folder); path.length >= created.length; path = dirname(path)) {
		try {
			await rmdir(path);
		} catch {
			return;
		}
	}
}
