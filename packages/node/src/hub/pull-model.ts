import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { parseModelConfig } from "@dinoseg/core/model";
import { createRepoFolders, type LinkSystem, repoFolders, SYSTEM_LINKS, writeRef } from "./cache-layout.ts";
import { type CachedModel, findCachedModel } from "./cached-models.ts";
import { type HubContext, type HubOptions, withHub } from "./context.ts";
import { fetchFile, freeBytes, missingBytes, type SnapshotTarget } from "./fetch-file.ts";
import { listRepoFiles, resolveRevision } from "./hub-api.ts";
import { type ModelName, parseModelName } from "./names.ts";
import { currentOwner } from "./part-file.ts";
import { type CheckpointFiles, type RepoFile, selectCheckpoint, selectShards } from "./repo-files.ts";

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
 * The hub is asked which commit the revision is now. Its configuration comes first, so that a network of another family
 * is refused before its weights are fetched; the weights come last, so that their presence means that all is there.
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
		const { commit } = await resolveRevision(context, model.repo, model.revision);
		context.onEvent({ type: "resolved", repo: model.repo, revision: commit });
		const files = await listRepoFiles(context, model.repo, commit);
		const folders = repoFolders(context.settings.cacheFolder, model.repo);
		const target: SnapshotTarget = {
			repo: model.repo,
			commit,
			folders,
			self: await currentOwner(),
			links: options.links ?? SYSTEM_LINKS,
		};
		const chosen = selectCheckpoint(files, model.repo);
		await createRepoFolders(context.settings.cacheFolder, folders, commit);
		await fetchCheckpoint(context, target, chosen, files, options);
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

async function fetchCheckpoint(
	context: HubContext,
	target: SnapshotTarget,
	{ config, preprocessor, weights }: CheckpointFiles,
	listed: readonly RepoFile[],
	options: PullOptions,
): Promise<void> {
	const sharded = "index" in weights;
	const first = [config, ...(preprocessor === undefined ? [] : [preprocessor]), ...(sharded ? [weights.index] : [])];
	const plan = sharded ? [...first] : [...first, weights];
	const onDisk = new Map<string, number>();
	const snapshot = join(target.folders.snapshots, target.commit);
	const fetchNext = (file: RepoFile) =>
		fetchFile(context, target, file, (bytes) => {
			onDisk.set(file.name, bytes);
			const sum = [...onDisk.values()].reduce((total, each) => total + each, 0);
			const total = plan.reduce((all, each) => all + each.bytes, 0);
			context.onEvent({ type: "progress", file: file.name, bytes: sum, total });
		});
	await checkSpace(context, target, plan, options);
	for (const file of first) {
		await fetchNext(file);
	}
	parseModelConfig(await readFile(join(snapshot, config.name), "utf8"), `${target.repo}/${config.name}`);
	if (sharded) {
		plan.push(...selectShards(await readFile(join(snapshot, weights.index.name), "utf8"), listed, target.repo));
		await checkSpace(context, target, plan, options);
	}
	for (const file of plan.slice(first.length)) {
		await fetchNext(file);
	}
}

async function checkSpace(
	context: HubContext,
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

function notCached(model: ModelName & { kind: "hub" }, context: HubContext): never {
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
