import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import {
	type CheckpointStore,
	fetchCheckpoint,
	listRepoFiles,
	type ModelName,
	parseModelName,
	type RepoFile,
	resolveRevision,
	selectCheckpoint,
} from "@dinoseg/core/hub";
import { createRepoFolders, type LinkSystem, repoFolders, SYSTEM_LINKS, writeRef } from "./cache-layout.ts";
import { type CachedModel, findCachedModel } from "./cached-models.ts";
import { type HubOptions, type NodeHubContext, withHub } from "./context.ts";
import { fetchFile, freeBytes, missingBytes, type SnapshotTarget } from "./fetch-file.ts";
import { currentOwner } from "./part-file.ts";

export interface PullOptions extends HubOptions {
	/** How links are made. @default the system's */
	readonly links?: LinkSystem;
	/** Bytes that may be written in a folder. @default what the system tells */
	readonly freeBytes?: (folder: string) => Promise<number>;
}

/** Bytes that stay free. */
const SPARE_BYTES = 2 ** 20;

/**
 * Have a model of the hub in the cache, complete and verified; only what is missing is fetched.
 *
 * The hub is asked which commit the revision is now. The weights come last, so that their presence means that all is
 * there.
 *
 * With HF_HUB_OFFLINE nothing is asked: the model is found in the cache, or it is an error.
 *
 * @param name see `parseModelName`, but for the bundled model.
 * @throws DinosegError MODEL_UNKNOWN, MODEL_NOT_CACHED, MODEL_CONFIG_INVALID, MODEL_FILE_MISSING, CACHE_NO_SPACE,
 *   CACHE_UNWRITABLE, ABORTED, HUB_*
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<CachedModel> {
	const model = parseModelName(name);
	if (model.kind === "bundled") {
		throw new DinosegError("OPTION_INVALID", `Model "${name}" comes with dinoseg: there is nothing to download.`, {
			details: { model: name },
		});
	}
	return withHub(options, async (context) => {
		if (context.settings.offline) {
			return (await findCachedModel(name, options)) ?? notCached(model, context);
		}
		const { commit, licence } = await resolveRevision(context, model.repo, model.revision);
		context.onEvent({ type: "resolved", repo: model.repo, revision: commit, licence });
		const listed = await listRepoFiles(context, model.repo, commit);
		const folders = repoFolders(context.settings.cacheFolder, model.repo);
		const target: SnapshotTarget = {
			repo: model.repo,
			commit,
			folders,
			self: await currentOwner(),
			links: options.links ?? SYSTEM_LINKS,
		};
		const source = { repo: model.repo, listed, chosen: selectCheckpoint(listed, model.repo) };
		await createRepoFolders(context.settings.cacheFolder, folders, commit);
		await fetchCheckpoint(cacheStore(context, target, options), source, context.onEvent);
		await writeRef(folders, model.revision, commit);
		const cached = await findCachedModel(`${model.repo}@${commit}`, options);
		if (cached === undefined) {
			throw new DinosegError(
				"CACHE_UNWRITABLE",
				`${folders.repo}: files vanished while they were written. Do not remove the cache during a download.`,
				{ details: { path: folders.repo } },
			);
		}
		return cached;
	});
}

/** The cache as the place where the files of a snapshot are kept. */
function cacheStore(context: NodeHubContext, target: SnapshotTarget, options: PullOptions): CheckpointStore {
	return {
		checkSpace: (files) => checkSpace(context, target, files, options),
		fetchFile: (file, onBytes) => fetchFile(context, target, file, onBytes),
		readText: (file) => readFile(join(target.folders.snapshots, target.commit, file.name), "utf8"),
	};
}

async function checkSpace(
	context: NodeHubContext,
	target: SnapshotTarget,
	plan: readonly RepoFile[],
	options: PullOptions,
): Promise<void> {
	let needed = 0;
	for (const file of plan) {
		needed += await missingBytes(context, target, file);
	}
	const free = await (options.freeBytes ?? freeBytes)(target.folders.repo);
	if (needed > 0 && needed + SPARE_BYTES > free) {
		throw notEnoughSpace(context.settings.cacheFolder, needed, free);
	}
}

function notCached(model: ModelName & { kind: "hub" }, context: NodeHubContext): never {
	throw new DinosegError(
		"MODEL_NOT_CACHED",
		`${model.name}: is not, or not wholly, in ${context.settings.cacheFolder}, and HF_HUB_OFFLINE forbids to download ` +
			`it. Run \`dinoseg model pull ${model.name}\` once without it, or copy the cache from another computer.`,
		{ details: { model: model.name, repo: model.repo, revision: model.revision, path: context.settings.cacheFolder } },
	);
}

/** The error for a disk that is too full, before anything is downloaded. */
function notEnoughSpace(folder: string, needed: number, free: number): DinosegError {
	const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
	return new DinosegError(
		"CACHE_NO_SPACE",
		`${folder}: ${megabytes(needed)} are needed and ${megabytes(free)} are free. Free some space, or let HF_HUB_CACHE ` +
			"name a folder on another disk.",
		{ details: { path: folder, needed, free } },
	);
}
