import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core";

/** A model that was found. */
export interface ResolvedModel {
	/** What the user called it. */
	readonly name: string;
	/** Absolute path of the checkpoint's folder. */
	readonly folder: string;
	/** True for the model that comes with dinoseg. */
	readonly bundled: boolean;
}

export interface ResolveModelOptions {
	/** Folder that relative paths start from. @default process.cwd() */
	readonly cwd?: string;
}

/** The model that comes with dinoseg, and the default. */
export const BUNDLED_MODEL = "tiny";
const BUNDLED_PACKAGE = "@dinoseg/model-tiny/package.json";

/** The files without which a folder is no checkpoint. */
export const CONFIG_FILE = "config.json";
export const WEIGHTS_FILE = "model.safetensors";
/** In place of the weights where they are in several files. */
export const INDEX_FILE = "model.safetensors.index.json";

/** What a folder must hold, for messages. */
export const FOLDER_HOLDS =
	`A model's folder holds ${CONFIG_FILE} and ${WEIGHTS_FILE} (or ${INDEX_FILE} and the files that it names), as ` +
	`downloaded from Hugging Face. Weights with the names of the original code need a ${CONFIG_FILE} too: that of the ` +
	"same network on Hugging Face.";

/**
 * Find the folder of a model: an existing folder with a checkpoint first, then a known name.
 *
 * @param nameOrPath a folder (relative to `cwd`) with `config.json` and `model.safetensors` or
 *   `model.safetensors.index.json`, or `tiny`.
 * @throws DinosegError MODEL_UNKNOWN; MODEL_FILE_MISSING for a folder that lacks one of the files.
 */
export async function resolveModel(nameOrPath: string, options: ResolveModelOptions = {}): Promise<ResolvedModel> {
	const folder = resolve(options.cwd ?? process.cwd(), nameOrPath);
	const missing = nameOrPath === "" ? undefined : await missingFiles(folder);
	if (missing?.length === 0) {
		return { name: nameOrPath, folder, bundled: false };
	}
	if (nameOrPath === BUNDLED_MODEL) {
		const manifest = createRequire(import.meta.url).resolve(BUNDLED_PACKAGE);
		return { name: nameOrPath, folder: dirname(manifest), bundled: true };
	}
	if (missing !== undefined) {
		throw new DinosegError(
			"MODEL_FILE_MISSING",
			`${nameOrPath}: the folder lacks ${missing.join(" and ")}. ${FOLDER_HOLDS} Weights as .bin or .pth are not read.`,
			{ details: { folder, missing } },
		);
	}
	throw new DinosegError(
		"MODEL_UNKNOWN",
		`Unknown model "${nameOrPath}". Allowed are "${BUNDLED_MODEL}" (comes with dinoseg) and the path of a folder ` +
			`with ${CONFIG_FILE} and ${WEIGHTS_FILE}. For DINOv2, download these files of facebook/dinov2-small, -base, ` +
			"-large or -giant from huggingface.co into a folder and give its path.",
		{ details: { model: nameOrPath, allowed: [BUNDLED_MODEL] } },
	);
}

/** @returns undefined if there is no such folder. */
async function missingFiles(folder: string): Promise<string[] | undefined> {
	const status = await statOf(folder);
	if (status?.isDirectory() !== true) {
		return undefined;
	}
	const missing: string[] = [];
	if (!(await isFile(join(folder, CONFIG_FILE)))) {
		missing.push(CONFIG_FILE);
	}
	if (!(await isFile(join(folder, WEIGHTS_FILE))) && !(await isFile(join(folder, INDEX_FILE)))) {
		missing.push(WEIGHTS_FILE);
	}
	return missing;
}

async function isFile(path: string): Promise<boolean> {
	return (await statOf(path))?.isFile() === true;
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
	return stat(path).catch(() => undefined);
}
