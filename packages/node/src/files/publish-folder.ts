import { renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "./errno.ts";
import { createFolder, removeEmptyFolders } from "./folders.ts";
import type { TemporaryFiles } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";
import { discardTemporary, type FileContent, writeTemporary } from "./write-file.ts";

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
 * Every file is written under a temporary name first: all but the marker at once, the marker after them. Only when all
 * bytes are on disk is an old marker removed, the files get their names, and the marker gets its own last, in one turn of
 * the event loop: no signal comes between. Until then an older result is untouched; on failure no temporary file and no
 * new empty folder is left behind.
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
	const created = createFolder(folder);
	if (created !== undefined) {
		temporaryFiles.rememberFolder(folder, created);
	}
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
			removeFile(join(folder, name));
		}
		for (const name of [...others, marker]) {
			giveName(temporaries.get(name) as string, join(folder, name));
			temporaryFiles.release(temporaries.get(name) as string);
		}
	} catch (error) {
		for (const temporary of temporaries.values()) {
			await discardTemporary(temporary, temporaryFiles);
		}
		removeEmptyFolders(folder, created);
		throw error;
	} finally {
		temporaryFiles.keepFolder(folder);
	}
}

/** Wait for all, also where one fails: what still runs would write behind the clean-up. */
async function allDone(running: readonly Promise<void>[]): Promise<void> {
	await Promise.allSettled(running);
	await Promise.all(running);
}

function giveName(temporary: string, path: string): void {
	try {
		renameSync(temporary, path);
	} catch (cause) {
		throw unwritable(path, cause);
	}
}

function removeFile(path: string): void {
	try {
		unlinkSync(path);
	} catch (cause) {
		if (errnoOf(cause) !== "ENOENT") {
			throw unwritable(path, cause);
		}
	}
}
