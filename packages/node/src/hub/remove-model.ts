import { lstat, readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { parseModelName } from "@dinoseg/core/hub";
import { cacheFailure, type RepoFolders, readRef, repoFolders } from "./cache-layout.ts";
import { listCommits, listRefs } from "./cached-models.ts";
import { isPartName } from "./part-file.ts";
import { type HubSettingsOptions, hubCacheFolder } from "./settings.ts";

/** What was removed. */
export interface RemovedModel {
	readonly repo: string;
	/** The commits whose snapshots are gone. */
	readonly revisions: readonly string[];
	/** Bytes of the blobs that nothing refers to any more, and of parts. */
	readonly freedBytes: number;
}

/** What huggingface_hub notes of a commit: the list of its files, and names that were asked for in vain. */
const TREES = "trees";
const ABSENT_FILES = ".no_exist";
const BLOB = /^([0-9a-f]{64}|[0-9a-f]{40})$/;

/**
 * Remove a model from the cache, also what other programs put into the same snapshots; blobs that another revision
 * refers to stay. Parts of an interrupted download go with the last revision.
 *
 * @param name one revision with @, else all of the repository's.
 * @throws DinosegError MODEL_NOT_CACHED if there is nothing to remove; CACHE_UNWRITABLE, MODEL_UNKNOWN, OPTION_INVALID
 */
export async function removeModel(name: string, options: HubSettingsOptions = {}): Promise<RemovedModel> {
	const model = parseModelName(name);
	const repo = model.kind === "hub" ? model.repo : model.name;
	const folders = repoFolders(hubCacheFolder(options), repo);
	const commits = await listCommits(folders.snapshots);
	const wanted =
		model.kind === "hub" && name.includes("@")
			? [await readRef(folders, model.revision)]
			: (commits as (string | undefined)[]);
	const revisions = commits.filter((commit) => wanted.includes(commit));
	const isThere = await lstat(folders.repo).catch(() => undefined);
	if (isThere === undefined || (revisions.length === 0 && name.includes("@"))) {
		throw new DinosegError(
			"MODEL_NOT_CACHED",
			`${name}: is not in ${hubCacheFolder(options)}. \`dinoseg model list\` shows what is.`,
			{ details: { model: name, path: hubCacheFolder(options) } },
		);
	}
	try {
		// Names go first, then what they stand for: an interruption leaves at most blobs that the next removal finds.
		for (const [ref, commit] of await listRefs(folders.refs)) {
			if (revisions.includes(commit)) {
				await rm(join(folders.refs, ref), { force: true });
			}
		}
		for (const commit of revisions) {
			await rm(join(folders.snapshots, commit), { recursive: true, force: true });
			await rm(join(folders.repo, TREES, `${commit}.json`), { force: true });
			await rm(join(folders.repo, ABSENT_FILES, commit), { recursive: true, force: true });
		}
		const last = revisions.length === commits.length;
		const freedBytes = await removeUnreferencedBlobs(folders, last);
		if (last) {
			await rm(folders.refs, { recursive: true, force: true });
			await removeEmptyFolders(folders);
		}
		return { repo, revisions, freedBytes };
	} catch (cause) {
		throw cacheFailure(folders.repo, cause);
	}
}

async function removeUnreferencedBlobs(folders: RepoFolders, withParts: boolean): Promise<number> {
	const referenced = new Set<string>();
	for (const commit of await listCommits(folders.snapshots)) {
		await collectBlobs(join(folders.snapshots, commit), referenced);
	}
	let freed = 0;
	for (const blob of await readdir(folders.blobs).catch(() => [])) {
		if ((BLOB.test(blob) && !referenced.has(blob)) || (withParts && isPartName(blob))) {
			const path = join(folders.blobs, blob);
			freed += (await stat(path)).size;
			await rm(path, { force: true });
		}
	}
	return freed;
}

/** Add the names of the blobs that the links below a folder lead to. */
async function collectBlobs(folder: string, referenced: Set<string>): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			await collectBlobs(path, referenced);
		} else {
			const real = await realpath(path).catch(() => "");
			if (basename(dirname(real)) === "blobs") {
				referenced.add(basename(real));
			}
		}
	}
}

/** Folders in which other programs keep something stay. */
async function removeEmptyFolders(folders: RepoFolders): Promise<void> {
	const notes = [TREES, ABSENT_FILES].map((name) => join(folders.repo, name));
	for (const folder of [...notes, folders.blobs, folders.snapshots, folders.repo]) {
		await rmdir(folder).catch(() => undefined);
	}
}
