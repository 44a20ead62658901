import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errnoOf } from "./errno.ts";
import { unwritable } from "./unwritable.ts";

/**
 * Create a folder with its parents, unless it exists. Synchronous: no signal comes between it and its note.
 *
 * @returns the topmost folder that had to be created, if any.
 * @throws DinosegError OUTPUT_UNWRITABLE
 */
export function createFolder(folder: string): string | undefined {
	try {
		return createMissing(resolve(folder));
	} catch (cause) {
		throw unwritable(folder, cause);
	}
}

function createMissing(path: string): string | undefined {
	try {
		return mkdirSync(path, { recursive: true });
	} catch (cause) {
		if (errnoOf(cause) !== "ENOENT") {
			throw cause;
		}
		// Node says so of a read-only file system too. A single step tells the reason.
		const top = topmostMissing(path);
		mkdirSync(top);
		mkdirSync(path, { recursive: true });
		return top;
	}
}

function topmostMissing(path: string): string {
	const parent = dirname(path);
	return parent === path || existsSync(parent) ? path : topmostMissing(parent);
}

/**
 * Remove a folder and its parents up to `created`, as long as they are empty. Synchronous: a signal handler cannot wait.
 *
 * @param created what `createFolder` gave; nothing is removed where it created nothing.
 */
export function removeEmptyFolders(folder: string, created: string | undefined): void {
	if (created === undefined) {
		return;
	}
	for (let path = resolve(folder); path.length >= created.length; path = dirname(path)) {
		try {
			rmdirSync(path);
		} catch {
			return;
		}
	}
}
