import { z } from "zod";
import { DinosegError } from "../errors/index.ts";
import { parseShardIndex } from "../model/index.ts";
import type { HubContext } from "./context.ts";
import { checkShape, excerpt, type HubAnswer, invalidAnswer } from "./hub-answer.ts";

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
const ALLOWED = /^((config|preprocessor_config|model\.safetensors\.index)\.json|[^/\\]+\.safetensors)$/;
/** Letters, digits and `._-`, not beginning with a dot: safe as a file name on every system. */
const SAFE_NAME = /^[A-Za-z0-9_][\w.-]{0,127}$/;
/** Names that mean a device on Windows, whatever their ending. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** A JSON file of a model is small. */
const MAX_JSON_BYTES = 2 ** 24;
/** The hub takes no file near this size. */
const MAX_FILE_BYTES = 2 ** 40;
/** Names that a message lists. */
const MAX_LISTED = 10;

const BYTES = `a whole number of bytes from 0 to ${MAX_FILE_BYTES}`;
const SIZE = z.int(BYTES).min(0, BYTES).max(MAX_FILE_BYTES, BYTES);
const ENTRY = z.object({ type: z.string("a text"), path: z.string("a text") }, "an object");
const FILE = z.object({
	size: SIZE,
	oid: hexadecimal(40),
	lfs: z.object({ oid: hexadecimal(64), size: SIZE }, "an object").nullish(),
});

/**
 * Read one entry of the hub's list. Only what a checkpoint needs has to be right in every part.
 *
 * @param index of the entry in the answer.
 * @returns undefined for what no checkpoint needs, and for names that are odd: they are left alone.
 * @throws DinosegError HUB_PATH_UNSAFE for a path that git cannot hold, because it leads out of the repository;
 *   HUB_RESPONSE_INVALID.
 */
export function readRepoFile(
	context: HubContext,
	entry: unknown,
	answer: HubAnswer,
	index: number,
	repo: string,
): RepoFile | undefined {
	const at = [`[${index}]`];
	const { type, path } = checkShape(context, ENTRY, entry, answer, at);
	checkContained(path, repo);
	if (type !== "file" || !ALLOWED.test(path) || !isSafeName(path)) {
		return undefined;
	}
	const { oid, size, lfs } = checkShape(context, FILE, entry, answer, at);
	const file = { name: path, bytes: lfs?.size ?? size, hash: lfs?.oid ?? oid };
	if (path.endsWith(".json") && file.bytes > MAX_JSON_BYTES) {
		throw invalidAnswer(
			context,
			answer.url,
			`lists ${path} with ${file.bytes} bytes, at most ${MAX_JSON_BYTES} of a JSON file are read`,
			"Choose another model.",
		);
	}
	return file;
}

/** True for a plain file name on every system. */
function isSafeName(name: string): boolean {
	return SAFE_NAME.test(name) && !DEVICE_NAME.test(name) && !name.endsWith(".");
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
		if (!isSafeName(name)) {
			throw unsafe(name, repo);
		}
		const file = files.find((each) => each.name === name);
		if (file === undefined) {
			throw missing(name, files, repo);
		}
		return file;
	});
}

function hexadecimal(digits: number): z.ZodType<string> {
	const error = `${digits} hexadecimal digits`;
	return z.string(error).regex(new RegExp(`^[0-9a-f]{${digits}}$`), error);
}

/** Also what is not fetched: git refuses such paths, so that a hub which lists them is not to be trusted at all. */
function checkContained(path: string, repo: string): void {
	if (path.startsWith("/") || path.includes("\0") || path.split("/").includes("..")) {
		throw unsafe(path, repo);
	}
}

function unsafe(name: string, repo: string): DinosegError {
	return new DinosegError(
		"HUB_PATH_UNSAFE",
		`${repo}: lists a file named ${JSON.stringify(excerpt(name))}, which could leave the cache's folder. Nothing was ` +
			"fetched; do not use this model.",
		{ details: { repo, name } },
	);
}

function missing(name: string, files: readonly RepoFile[], repo: string): DinosegError {
	const has = files.slice(0, MAX_LISTED).map((file) => file.name);
	if (files.length > MAX_LISTED) {
		has.push(`${files.length - MAX_LISTED} more`);
	}
	return new DinosegError(
		"MODEL_FILE_MISSING",
		`${repo}: has no ${name}${has.length === 0 ? "" : `, only ${has.join(", ")}`}. A checkpoint holds ${CONFIG} and ` +
			`${WEIGHTS}; weights as .bin are not read. Choose another model or revision.`,
		{ details: { repo, missing: name, has } },
	);
}
