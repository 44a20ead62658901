import { lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isCommit, KNOWN_MODELS, parseModelName } from "@dinoseg/core/hub";
import { type ModelConfig, parseModelConfig, parseShardIndex } from "@dinoseg/core/model";
import { readRef, readRefFile, readSmallFile, repoFolders, repoOfFolder, sizeOf } from "./cache-layout.ts";
import { type HubSettingsOptions, hubCacheFolder } from "./settings.ts";

/** A file of a cached model. */
export interface CachedFile {
	readonly name: string;
	readonly bytes: number;
	/** Of the blob, links resolved. */
	readonly path: string;
}

/** A checkpoint that lies in the cache, complete, whoever put it there. */
export interface CachedModel {
	/** `owner/name`. */
	readonly repo: string;
	/** Short name, if it has one. */
	readonly name: string | undefined;
	/** The commit. */
	readonly revision: string;
	/** Branches and tags that stood for the commit when they were last asked for. */
	readonly refs: readonly string[];
	/** The snapshot's folder. */
	readonly folder: string;
	/** The checkpoint's files; what else lies in the snapshot is not looked at. */
	readonly files: readonly CachedFile[];
	readonly bytes: number;
	readonly config: ModelConfig;
}

const CONFIG = "config.json";
const PREPROCESSOR = "preprocessor_config.json";
const WEIGHTS = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const MAX_JSON_BYTES = 2 ** 24;
const MAX_REF_DEPTH = 8;

/**
 * The complete checkpoint of a name in the cache, without asking anybody.
 *
 * @returns undefined if it is not there or not complete.
 * @throws DinosegError MODEL_UNKNOWN, OPTION_INVALID; MODEL_CONFIG_INVALID if it is of no supported family.
 */
export async function findCachedModel(
	name: string,
	options: HubSettingsOptions = {},
): Promise<CachedModel | undefined> {
	const model = parseModelName(name);
	if (model.kind === "bundled") {
		return undefined;
	}
	const cacheFolder = hubCacheFolder(options);
	const commit = await readRef(repoFolders(cacheFolder, model.repo), model.revision);
	return commit === undefined ? undefined : readSnapshot(cacheFolder, model.repo, commit);
}

/** Every complete checkpoint of a supported family in the cache, by repository and commit. Other models are passed over. */
export async function listCachedModels(options: HubSettingsOptions = {}): Promise<CachedModel[]> {
	const cacheFolder = hubCacheFolder(options);
	const models: CachedModel[] = [];
	for (const folder of (await readdir(cacheFolder).catch(() => [])).sort()) {
		const repo = repoOfFolder(folder);
		for (const commit of repo === undefined ? [] : await listCommits(repoFolders(cacheFolder, repo).snapshots)) {
			const model = await readSnapshot(cacheFolder, repo as string, commit).catch(() => undefined);
			if (model !== undefined) {
				models.push(model);
			}
		}
	}
	return models;
}

/** The commits that have a snapshot. */
export async function listCommits(snapshots: string): Promise<string[]> {
	return (await readdir(snapshots).catch(() => [])).filter(isCommit).sort();
}

/** Branches and tags in the cache and the commit of each. */
export async function listRefs(refsFolder: string, prefix = ""): Promise<Map<string, string>> {
	const refs = new Map<string, string>();
	if (prefix.split("/").length > MAX_REF_DEPTH) {
		return refs;
	}
	for (const entry of await readdir(join(refsFolder, prefix), { withFileTypes: true }).catch(() => [])) {
		const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
		if (entry.isDirectory()) {
			for (const [ref, commit] of await listRefs(refsFolder, name)) {
				refs.set(ref, commit);
			}
		} else {
			const commit = await readRefFile(join(refsFolder, name));
			if (commit !== undefined) {
				refs.set(name, commit);
			}
		}
	}
	return refs;
}

/** @returns undefined for a snapshot that lacks a file. */
async function readSnapshot(cacheFolder: string, repo: string, commit: string): Promise<CachedModel | undefined> {
	const { snapshots, refs } = repoFolders(cacheFolder, repo);
	const folder = join(snapshots, commit);
	const names = await checkpointNames(folder, repo);
	const configText = await readSmallFile(join(folder, CONFIG), MAX_JSON_BYTES);
	if (names === undefined || configText === undefined) {
		return undefined;
	}
	const files: CachedFile[] = [];
	for (const name of names) {
		const path = join(folder, name);
		const bytes = await sizeOf(path);
		if (bytes === undefined) {
			return undefined;
		}
		files.push({ name, bytes, path: await realpath(path) });
	}
	return {
		repo,
		name: KNOWN_MODELS.find((known) => known.repo === repo)?.name,
		revision: commit,
		refs: [...(await listRefs(refs))].filter(([, of]) => of === commit).map(([ref]) => ref),
		folder,
		files,
		bytes: files.reduce((sum, file) => sum + file.bytes, 0),
		config: parseModelConfig(configText, join(folder, CONFIG)),
	};
}

/** The files that the checkpoint in a folder must have. */
async function checkpointNames(folder: string, repo: string): Promise<string[] | undefined> {
	const preprocessor = (await exists(join(folder, PREPROCESSOR))) ? [PREPROCESSOR] : [];
	if (await exists(join(folder, WEIGHTS))) {
		return [CONFIG, ...preprocessor, WEIGHTS];
	}
	const index = await readSmallFile(join(folder, INDEX), MAX_JSON_BYTES);
	return index === undefined
		? undefined
		: [CONFIG, ...preprocessor, INDEX, ...parseShardIndex(index, `${repo}/${INDEX}`).files];
}

/** A link that leads nowhere is there too: the checkpoint that it belongs to is incomplete. */
async function exists(path: string): Promise<boolean> {
	return lstat(path).then(
		() => true,
		() => false,
	);
}
