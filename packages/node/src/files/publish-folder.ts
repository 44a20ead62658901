import { mkdir, rmdir, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "./errno.ts";
import type { TemporaryFiles } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";
import { discardTemporary, type FileContent, publishTemporary, writeTemporary } from "./write-file.ts";

export interface PublishOptions {
	/** The file whose presence means that the result is complete. It must be one of the files. */
	readonly marker: string;
	/** Files of an older result that this one does not have: removed with its marker. @default none */
	readonly obsolete?: readonly string[];
	readonly temporaryFiles: TemporaryFiles;
}

/**
 * Write a result of several files so that its marker file stands only beside a complete result.
 *
 * Every file is written under a temporary name first: all but the marker at once, the marker after them. Only when all bytes are on disk is an old marker removed, the
 * files get their names, and the marker gets its own last. Until then an older result is untouched; on failure no
 * temporary file and no new empty folder is left behind.
 *
 * @param folder created with its parents if absent. Other files in it are left alone, but for `obsolete` ones.
 * @param files  content by file name (no folders).
 * @throws DinosegError OUTPUT_UNWRITABLE; what a content throws of its own; OPTION_INVALID if the marker is none of the files.
 */
export async function publishFolder(
	folder: string,
	files: ReadonlyMap<string, FileContent>,
	options: PublishOptions,
): Promise<void> {
	const { marker, temporaryFiles, obsolete = [] } = options;
	if (!files.has(marker)) {
		throw new DinosegError("OPTION_INVALID", `publishFolder: marker must be one of the files, got ${marker}.`);
	}
	const created = await createFolder(folder);
	const others = [...files.keys()].filter((name) => name !== marker);
	const temporaries = new Map<string, string>();
	const write = async (name: string): Promise<void> => {
		const content = files.get(name) as FileContent;
		temporaries.set(name, await writeTemporary(join(folder, name), content, temporaryFiles));
	};
	try {
		await allDone(others.map(write));
		await write(marker);
		for (const name of [marker, ...obsolete]) {
			await removeFile(join(folder, name));
		}
		for (const name of [...others, marker]) {
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

/** Wait for all, also where one fails: what still runs would write behind the clean-up. */
async function allDone(running: readonly Promise<void>[]): Promise<void> {
	await Promise.allSettled(running);
	await Promise.all(running);
}

async function removeFile(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (cause) {
		if (errnoOf(cause) !== "ENOENT") {
			throw unwritable(path, cause);
		}
	}
}

/** Remove `folder` and its parents up to `created`, as long as they are empty. */
export async function removeEmptyFolders(folder: string, created: string | undefined): Promise<void> {
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
