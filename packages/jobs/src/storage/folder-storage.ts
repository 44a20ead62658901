import { type FileHandle, open, opendir, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { throwIfAborted } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import {
	createFolder,
	TEMPORARY_SUFFIX,
	type TemporaryFiles,
	unwritable,
	writeFileAtomically,
} from "@dinoseg/node/files";
import { syncFolder } from "../sync-folder.ts";
import { checkKey } from "./check-key.ts";
import type { ReadOptions, Storage, StoredObject } from "./storage.ts";
import { tooLarge } from "./too-large.ts";

/** Objects that `list` gives together, at most. */
const AT_ONCE = 1000;

/** What the system says where there is no file of a name. */
const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"]);

/** What separates folders, or names a drive, under Windows. */
const FOREIGN = /[\\:]/;

/**
 * A folder as a storage, on a disk that the machines share.
 *
 * Links to files are followed, links to folders are not searched. Folders that get empty stay.
 *
 * @param root absolute. Created by the first `put`.
 */
export function folderStorage(root: string, temporaryFiles: TemporaryFiles): Storage {
	const pathOf = (key: string): string => {
		checkKey(key);
		// Two keys for one file, or a file of another drive.
		if (key.split("/").includes("") || (sep !== "/" && FOREIGN.test(key))) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${JSON.stringify(key)}: is no name of a file below ${root}. Give a path with one forward slash between its parts.`,
				{ details: { key } },
			);
		}
		return join(root, key);
	};
	return {
		uri: root,
		async get(key, options = {}) {
			const path = pathOf(key);
			return reading(path, () => readWhole(path, options));
		},
		async size(key) {
			const path = pathOf(key);
			return reading(path, () => fileSize(path));
		},
		async put(key, content, signal) {
			const path = pathOf(key);
			throwIfAborted(signal);
			const folder = dirname(path);
			const created = createFolder(folder);
			await writeFileAtomically(path, (temporary) => writeSynced(temporary, content), temporaryFiles);
			// A new folder is a name in its parent.
			for (let at = folder; ; at = dirname(at)) {
				await syncFolder(at);
				if (created === undefined || at.length < created.length) {
					return;
				}
			}
		},
		list: (prefix) => list(root, prefix),
		async remove(keys) {
			for (const path of keys.map(pathOf)) {
				await rm(path, { force: true }).catch((cause: unknown) => {
					if (!isAbsent(cause)) {
						throw unwritable(path, cause);
					}
				});
			}
		},
		async [Symbol.asyncDispose]() {},
	};
}

async function readWhole(path: string, { maxBytes, signal }: ReadOptions): Promise<Uint8Array | undefined> {
	throwIfAborted(signal);
	await using file = await open(path, "r");
	const stats = await file.stat();
	if (!stats.isFile()) {
		return undefined;
	}
	if (maxBytes !== undefined && stats.size > maxBytes) {
		throw tooLarge(path, stats.size, maxBytes);
	}
	const bytes = await file.readFile({ signal }).catch((cause: unknown) => {
		throwIfAborted(signal);
		throw cause;
	});
	return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function fileSize(path: string): Promise<number | undefined> {
	const stats = await stat(path);
	return stats.isFile() ? stats.size : undefined;
}

async function writeSynced(path: string, content: Uint8Array): Promise<void> {
	await using file: FileHandle = await open(path, "wx");
	await file.writeFile(content);
	await file.sync();
}

/** The objects below a folder whose names begin with a text, which may end in the middle of a name. */
async function* list(root: string, prefix: string): AsyncGenerator<readonly StoredObject[]> {
	const end = prefix.lastIndexOf("/") + 1;
	if (end > 1) {
		checkKey(prefix.slice(0, end - 1));
	}
	let keys: string[] = [];
	for await (const key of keysBelow(root, prefix.slice(0, end), prefix)) {
		keys.push(key);
		if (keys.length === AT_ONCE) {
			yield await objectsOf(root, keys);
			keys = [];
		}
	}
	if (keys.length > 0) {
		yield await objectsOf(root, keys);
	}
}

async function objectsOf(root: string, keys: readonly string[]): Promise<StoredObject[]> {
	const objects = keys.map(async (key) => {
		const path = join(root, key);
		const size = await reading(path, () => fileSize(path));
		// Removed since, or a dead link.
		return size === undefined ? [] : [{ key, size }];
	});
	return (await Promise.all(objects)).flat();
}

/** @param folder below the root, with a slash at its end; the root itself is empty. */
async function* keysBelow(root: string, folder: string, prefix: string): AsyncGenerator<string> {
	const path = join(root, folder);
	const entries = await reading(path, () => opendir(path, { bufferSize: AT_ONCE }));
	for await (const entry of entries ?? []) {
		const key = folder + entry.name;
		if (entry.isDirectory() && (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`))) {
			yield* keysBelow(root, `${key}/`, prefix);
		} else if (key.startsWith(prefix) && !entry.isDirectory() && !entry.name.endsWith(TEMPORARY_SUFFIX)) {
			yield key;
		}
	}
}

/** @returns nothing where there is no such file. */
async function reading<T>(path: string, action: () => Promise<T>): Promise<T | undefined> {
	try {
		return await action();
	} catch (cause) {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		if (isAbsent(cause)) {
			return undefined;
		}
		throw new DinosegError(
			"STORAGE_REFUSED",
			`${path}: cannot be read (${(cause as Error).message}). Check the permissions of the folder, and its disk.`,
			{ details: { path }, cause },
		);
	}
}

function isAbsent(cause: unknown): boolean {
	return ABSENT.has((cause as NodeJS.ErrnoException).code);
}
