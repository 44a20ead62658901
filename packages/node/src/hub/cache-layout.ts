import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { type BlobHash, isCommit, type RepoFile } from "@dinoseg/core/hub";
import { errnoOf } from "../files/errno.ts";

/**
 * Where the parts of a repository lie in the Hugging Face cache.
 *
 * Source: huggingface_hub 2.0.0, file_download.py: `models--owner--name/{blobs,refs,snapshots/<commit>}`.
 */
export interface RepoFolders {
	readonly repo: string;
	readonly blobs: string;
	readonly refs: string;
	readonly snapshots: string;
}

/** How the system makes links; a test passes one that cannot. */
export interface LinkSystem {
	symlink(target: string, path: string): Promise<void>;
	link(existing: string, path: string): Promise<void>;
}

export const SYSTEM_LINKS: LinkSystem = { symlink, link };

const FOLDER_PREFIX = "models--";
const SEPARATOR = "--";
const READ_BYTES = 2 ** 20;
/** A commit, and white space around it. */
const MAX_REF_BYTES = 1000;
/** What huggingface_hub writes into the cache, so that backups leave it out. Source: bford.info/cachedir. */
const CACHE_TAG_FILE = "CACHEDIR.TAG";
const CACHE_TAG =
	"Signature: 8a477f597d28d172789f06886806bc55\n" +
	"# This file is a cache directory tag created by huggingface_hub.\n" +
	"# For information about cache directory tags, see:\n" +
	"#\thttps://bford.info/cachedir/\n";

export function repoFolders(cacheFolder: string, repo: string): RepoFolders {
	const folder = join(cacheFolder, FOLDER_PREFIX + repo.replaceAll("/", SEPARATOR));
	return {
		repo: folder,
		blobs: join(folder, "blobs"),
		refs: join(folder, "refs"),
		snapshots: join(folder, "snapshots"),
	};
}

/** @returns `owner/name`, or undefined for a folder that holds no model of that form. */
export function repoOfFolder(folderName: string): string | undefined {
	const parts = folderName.startsWith(FOLDER_PREFIX) ? folderName.slice(FOLDER_PREFIX.length).split(SEPARATOR) : [];
	return parts.length === 2 ? parts.join("/") : undefined;
}

/** Make the folders of a repository, and mark the cache as one. */
export async function createRepoFolders(cacheFolder: string, folders: RepoFolders, commit: string): Promise<void> {
	try {
		await mkdir(folders.blobs, { recursive: true });
		await mkdir(join(folders.snapshots, commit), { recursive: true });
	} catch (cause) {
		throw cacheFailure(folders.repo, cause);
	}
	await writeFile(join(cacheFolder, CACHE_TAG_FILE), CACHE_TAG, { flag: "wx" }).catch(() => undefined);
}

/** @returns the commit that a branch or tag stood for when it was last asked for. */
export async function readRef(folders: RepoFolders, revision: string): Promise<string | undefined> {
	if (isCommit(revision)) {
		return revision;
	}
	return readRefFile(join(folders.refs, revision));
}

/** @returns the commit in a file of `refs`. */
export async function readRefFile(path: string): Promise<string | undefined> {
	const text = ((await readSmallFile(path, MAX_REF_BYTES)) ?? "").trim();
	return isCommit(text) ? text : undefined;
}

/**
 * The text of a file in the cache.
 *
 * @returns undefined for what is absent, unreadable, larger, or no regular file: to open a pipe waits for a writer.
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<string | undefined> {
	const size = await sizeOf(path);
	return size === undefined || size > maxBytes ? undefined : readFile(path, "utf8").catch(() => undefined);
}

/** Note which commit a branch or tag is now. */
export async function writeRef(folders: RepoFolders, revision: string, commit: string): Promise<void> {
	if ((await readRef(folders, revision)) === commit) {
		return;
	}
	const path = join(folders.refs, revision);
	const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(temporary, commit, { flag: "wx" });
		await rename(temporary, path);
	} catch (cause) {
		await rm(temporary, { force: true }).catch(() => undefined);
		throw cacheFailure(path, cause);
	}
}

/** True if the snapshot has the file, with as many bytes as it must have, and not as a link to some other blob. */
export async function hasSnapshotFile(folders: RepoFolders, commit: string, file: RepoFile): Promise<boolean> {
	const path = join(folders.snapshots, commit, file.name);
	const size = await sizeOf(path);
	if (size !== file.bytes) {
		return false;
	}
	const real = await realpath(path);
	const own = join(await realpath(folders.snapshots), commit, file.name);
	return real === own || real === (await realpath(join(folders.blobs, file.hash)).catch(() => ""));
}

/**
 * Give a blob its name in a snapshot: a relative link; where the system allows none, a hard link, else a copy.
 *
 * The name is replaced in one step.
 */
export async function linkBlob(
	folders: RepoFolders,
	commit: string,
	file: RepoFile,
	links: LinkSystem = SYSTEM_LINKS,
): Promise<void> {
	const path = join(folders.snapshots, commit, file.name);
	const blob = join(folders.blobs, file.hash);
	const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
	try {
		try {
			await links.symlink(relative(dirname(path), blob), temporary);
		} catch {
			await links.link(blob, temporary).catch(() => copyFile(blob, temporary));
		}
		await rename(temporary, path);
	} catch (cause) {
		await rm(temporary, { force: true }).catch(() => undefined);
		throw cacheFailure(path, cause);
	}
}

/** @returns undefined if there is no such file. Links are followed. */
export async function sizeOf(path: string): Promise<number | undefined> {
	const status = await stat(path).catch(() => undefined);
	return status?.isFile() ? status.size : undefined;
}

/** Feed a file to running hashes. */
export async function hashFile(path: string, ...hashes: readonly BlobHash[]): Promise<void> {
	for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
		for (const hash of hashes) {
			hash.update(chunk as Uint8Array);
		}
	}
}

/** The error for something in the model cache that could not be written at `path`. */
export function cacheFailure(path: string, cause: unknown): DinosegError {
	if (cause instanceof DinosegError) {
		return cause;
	}
	const errno = errnoOf(cause);
	const details = { path, ...(errno === undefined ? {} : { errno }) };
	if (errno === "ENOSPC" || errno === "EDQUOT") {
		return new DinosegError(
			"CACHE_NO_SPACE",
			`${path}: no space left (${errno}). Free some, remove models that are not used, or let HF_HUB_CACHE name a ` +
				"folder on another disk. What was downloaded stays.",
			{ details, cause },
		);
	}
	return new DinosegError(
		"CACHE_UNWRITABLE",
		`${path}: the model cache cannot be written to (${(cause as Error).message}). Change its permissions, or let ` +
			"HF_HUB_CACHE name another folder.",
		{ details, cause },
	);
}
