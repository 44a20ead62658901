import { DinosegError, parseShardIndex } from "@dinoseg/core";
import { z } from "zod";

/** One file of a repository at a commit, as the hub lists it. */
export interface RepoFile {
	/** Its name; no folders. */
	readonly name: string;
	readonly bytes: number;
	/** sha256 of a large file (64 digits), git's SHA-1 of a small one (40): also the name of its blob. */
	readonly hash: string;
}

/** The files that make a checkpoint. */
export interface CheckpointFiles {
	readonly config: RepoFile;
	readonly preprocessor: RepoFile | undefined;
	/** The weights in one file, or the index that names their parts. */
	readonly weights: RepoFile | { readonly index: RepoFile };
}

const CONFIG = "config.json";
const PREPROCESSOR = "preprocessor_config.json";
const WEIGHTS = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** Nothing else is ever fetched or opened. */
const ALLOWED = /^(config\.json|preprocessor_config\.json|[^/\\]+\.safetensors|[^/\\]+\.index\.json)$/;
/** Letters, digits and `._-`, not beginning with a dot: safe as a file name on every system. */
const SAFE_NAME = /^[A-Za-z0-9_][\w.-]{0,127}$/;
/** Names that mean a device on Windows, whatever their ending. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** A JSON file of a model is small. */
const MAX_JSON_BYTES = 2 ** 24;

const ENTRY = z.object({
	type: z.string(),
	path: z.string(),
	size: z.int().nonnegative().default(0),
	oid: z
		.string()
		.regex(/^[0-9a-f]{40}$/)
		.optional(),
	lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).optional(),
});

/**
 * Read one entry of the hub's list.
 *
 * @returns undefined for what no checkpoint needs.
 * @throws DinosegError HUB_PATH_UNSAFE for a name that would leave the cache's folder; HUB_RESPONSE_INVALID.
 */
export function readRepoFile(entry: unknown, repo: string): RepoFile | undefined {
	const { success, data, error } = ENTRY.safeParse(entry);
	if (!success) {
		throw invalidList(repo, z.prettifyError(error));
	}
	checkContained(data.path, repo);
	if (data.type !== "file" || !ALLOWED.test(data.path)) {
		return undefined;
	}
	checkFileName(data.path, repo);
	const hash = data.lfs?.oid ?? data.oid;
	if (hash === undefined) {
		throw invalidList(repo, `${data.path} has no hash`);
	}
	const bytes = data.lfs?.size ?? data.size;
	if (data.path.endsWith(".json") && bytes > MAX_JSON_BYTES) {
		throw invalidList(repo, `${data.path} has ${bytes} bytes, at most ${MAX_JSON_BYTES} are read`);
	}
	return { name: data.path, bytes, hash };
}

/** @throws DinosegError HUB_PATH_UNSAFE unless the name is a plain file name on every system. */
export function checkFileName(name: string, repo: string): void {
	if (!SAFE_NAME.test(name) || DEVICE_NAME.test(name) || name.endsWith(".")) {
		throw unsafe(name, repo);
	}
}

/**
 * The files of a checkpoint out of a repository's.
 *
 * @throws DinosegError MODEL_FILE_MISSING saying what the repository has instead.
 */
export function selectCheckpoint(files: readonly RepoFile[], repo: string): CheckpointFiles {
	const find = (name: string) => files.find((file) => file.name === name);
	const config = find(CONFIG);
	const whole = find(WEIGHTS);
	const index = find(INDEX);
	if (config === undefined || (whole === undefined && index === undefined)) {
		throw missing(config === undefined ? CONFIG : WEIGHTS, files, repo);
	}
	return {
		config,
		preprocessor: find(PREPROCESSOR),
		weights: whole ?? { index: index as RepoFile },
	};
}

/**
 * The parts of weights that lie in several files.
 *
 * @param text content of `model.safetensors.index.json`.
 * @throws DinosegError MODEL_CONFIG_INVALID, HUB_PATH_UNSAFE, MODEL_FILE_MISSING
 */
export function selectShards(text: string, files: readonly RepoFile[], repo: string): RepoFile[] {
	return parseShardIndex(text, `${repo}/${INDEX}`).files.map((name) => {
		checkFileName(name, repo);
		const file = files.find((each) => each.name === name);
		if (file === undefined) {
			throw missing(name, files, repo);
		}
		return file;
	});
}

/** Also what is not fetched must not try to escape: a hub that lists such names is not to be trusted at all. */
function checkContained(path: string, repo: string): void {
	const anchored = /^[/\\]|(^|\/)[A-Za-z]:/.test(path);
	if (anchored || path.includes("\0") || path.split(/[/\\]/).some((part) => part === "..")) {
		throw unsafe(path, repo);
	}
}

function unsafe(name: string, repo: string): DinosegError {
	return new DinosegError(
		"HUB_PATH_UNSAFE",
		`${repo}: lists a file named ${JSON.stringify(name)}, which could leave the cache's folder. Nothing was fetched; do ` +
			"not use this model.",
		{ details: { repo, name } },
	);
}

function invalidList(repo: string, reason: string): DinosegError {
	return new DinosegError(
		"HUB_RESPONSE_INVALID",
		`${repo}: the hub's list of files cannot be used (${reason}). Check HF_ENDPOINT; try again later.`,
		{ details: { repo, reason } },
	);
}

function missing(name: string, files: readonly RepoFile[], repo: string): DinosegError {
	const has = files.map((file) => file.name);
	return new DinosegError(
		"MODEL_FILE_MISSING",
		`${repo}: has no ${name}${has.length === 0 ? "" : `, only ${has.join(", ")}`}. A checkpoint holds ${CONFIG} and ` +
			`${WEIGHTS}; weights as .bin are not read. Choose another model or revision.`,
		{ details: { repo, missing: name, has } },
	);
}
