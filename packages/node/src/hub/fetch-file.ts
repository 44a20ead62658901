import { rename, statfs } from "node:fs/promises";
import { join } from "node:path";
import { throwIfAborted } from "@dinoseg/core";
import { downloadBlob, fileUrl, type HubContext, type RepoFile } from "@dinoseg/core/hub";
import { cacheFailure, hasSnapshotFile, type LinkSystem, linkBlob, type RepoFolders, sizeOf } from "./cache-layout.ts";
import {
	claimPart,
	type ForeignPart,
	type PartOptions,
	type PartOwner,
	releasePart,
	removeAbandonedParts,
	resumableBytes,
} from "./part-file.ts";
import { usePart } from "./use-part.ts";

/** A snapshot that files are fetched into. */
export interface SnapshotTarget {
	readonly repo: string;
	readonly commit: string;
	readonly folders: RepoFolders;
	readonly self: PartOwner;
	readonly links: LinkSystem;
}

/** How often a download of another process is looked at. */
const POLL_MS = 500;
/** A part without change for so many stall limits belongs to nobody, as its owner would have given up by then. */
const IDLE_STALLS = 4;

/**
 * Have a file of a snapshot, verified, under its name in the cache.
 *
 * @param onBytes told the bytes on disk, also those that another process downloads.
 */
export async function fetchFile(
	context: HubContext,
	target: SnapshotTarget,
	file: RepoFile,
	onBytes: (bytes: number) => void,
): Promise<void> {
	const { folders, commit } = target;
	if (await hasSnapshotFile(folders, commit, file)) {
		onBytes(file.bytes);
		context.onEvent({ type: "file-end", file: file.name, total: file.bytes, cached: true });
		return;
	}
	const cached = (await sizeOf(join(folders.blobs, file.hash))) === file.bytes;
	if (!cached) {
		await fetchBlob(context, target, file, onBytes);
	}
	await linkBlob(folders, commit, file, target.links);
	onBytes(file.bytes);
	context.onEvent({ type: "file-end", file: file.name, total: file.bytes, cached });
}

/** Bytes that must still come over the line, as far as can be told without asking. */
export async function missingBytes(context: HubContext, target: SnapshotTarget, file: RepoFile): Promise<number> {
	const { folders, commit } = target;
	const there =
		(await hasSnapshotFile(folders, commit, file)) || (await sizeOf(join(folders.blobs, file.hash))) === file.bytes;
	return there ? 0 : Math.max(0, file.bytes - (await resumableBytes(partOptions(context, target, file))));
}

/** Bytes that may be written in a folder. */
export async function freeBytes(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(folder);
	return bavail * bsize;
}

async function fetchBlob(
	context: HubContext,
	target: SnapshotTarget,
	file: RepoFile,
	onBytes: (bytes: number) => void,
): Promise<void> {
	const { repo, commit, folders } = target;
	const options = partOptions(context, target, file);
	let stuck: string | undefined;
	for (;;) {
		const claimed = await claimPart(options, stuck);
		if ("busy" in claimed) {
			context.onEvent({ type: "waiting", file: file.name });
			stuck = await waitFor(context, options, claimed.busy, file, onBytes);
			if ((await sizeOf(join(folders.blobs, file.hash))) === file.bytes) {
				return;
			}
			continue;
		}
		const partPath = claimed.claim.path;
		try {
			if ((await sizeOf(join(folders.blobs, file.hash))) === file.bytes) {
				return;
			}
			const resumedFrom = (await sizeOf(partPath)) ?? 0;
			context.onEvent({ type: "file-start", file: file.name, resumedFrom, total: file.bytes });
			await usePart(partPath, (part) =>
				downloadBlob(context, {
					url: fileUrl(context, repo, commit, file.name),
					file,
					subject: { repo, revision: commit, file: file.name },
					part,
					onBytes,
				}),
			);
			await rename(partPath, join(folders.blobs, file.hash)).catch((cause) => {
				throw cacheFailure(partPath, cause);
			});
			await removeAbandonedParts(options);
			return;
		} finally {
			await releasePart(options, partPath);
		}
	}
}

/**
 * Watch the part of another process until it is gone or stands still.
 *
 * @returns the part if it stands still.
 */
async function waitFor(
	context: HubContext,
	options: PartOptions,
	part: ForeignPart,
	file: RepoFile,
	onBytes: (bytes: number) => void,
): Promise<string | undefined> {
	let bytes = part.bytes;
	let since = context.clock.now();
	for (;;) {
		throwIfAborted(context.signal);
		await context.clock.sleep(POLL_MS, context.signal);
		const size = await sizeOf(part.path);
		if (size === undefined || (await resumableBytes(options)) > 0) {
			return undefined;
		}
		if (size !== bytes) {
			bytes = size;
			since = context.clock.now();
			onBytes(Math.min(size, file.bytes));
		} else if (context.clock.now() - since >= options.idleMs) {
			return part.path;
		}
	}
}

function partOptions(context: HubContext, target: SnapshotTarget, file: RepoFile): PartOptions {
	return {
		blobs: target.folders.blobs,
		hash: file.hash,
		self: target.self,
		clock: context.clock,
		idleMs: context.stallTimeoutMs * IDLE_STALLS,
	};
}
