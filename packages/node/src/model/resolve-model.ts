import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import type { PullOptions } from "../hub/index.ts";
import { CONFIG_FILE, FOLDER_HOLDS, INDEX_FILE, WEIGHTS_FILE } from "./model-files.ts";

/** A model that was found. */
export interface ResolvedModel {
	/** What the user called it. */
	readonly name: string;
	/** Absolute path of the checkpoint's folder. */
	readonly folder: string;
	/** True for the model that comes with dinoseg. */
	readonly bundled: boolean;
	/** The commit on the hub; none for the bundled model and for local folders. */
	readonly revision: string | null;
}

export interface ResolveModelOptions extends Omit<PullOptions, "cacheFolder"> {
	/** Folder that relative paths start from. @default process.cwd() */
	readonly cwd?: string;
}

/** The model that comes with dinoseg, and the default. */
export const BUNDLED_MODEL = "tiny";
const BUNDLED_PACKAGE = "@dinoseg/model-tiny/package.json";

/**
 * Find the folder of a model: an existing folder with a checkpoint first, then a name.
 *
 * A model of the hub that is in the cache is taken from there, without asking whether its branch has moved; one that is
 * not is downloaded. `pullModel` asks the hub again.
 *
 * @param nameOrPath a folder (relative to `cwd`) with `config.json` and `model.safetensors` or
 *   `model.safetensors.index.json`, or a name: see `parseModelName`.
 * @throws DinosegError MODEL_UNKNOWN; MODEL_FILE_MISSING for a folder that lacks one of the files; as `pullModel`.
 */
export async function resolveModel(nameOrPath: string, options: ResolveModelOptions = {}): Promise<ResolvedModel> {
	const folder = resolve(options.cwd ?? process.cwd(), nameOrPath);
	const missing = nameOrPath === "" ? undefined : await missingFiles(folder);
	if (missing?.length === 0) {
		return { name: basename(folder), folder, bundled: false, revision: null };
	}
	if (nameOrPath === BUNDLED_MODEL) {
		const manifest = createRequire(import.meta.url).resolve(BUNDLED_PACKAGE);
		return { name: nameOrPath, folder: dirname(manifest), bundled: true, revision: null };
	}
	if (missing !== undefined) {
		throw new DinosegError(
			"MODEL_FILE_MISSING",
			`${nameOrPath}: the folder lacks ${missing.join(" and ")}. ${FOLDER_HOLDS} Weights as .bin or .pth are not read.`,
			{ details: { folder, missing } },
		);
	}
	const { findCachedModel, pullModel } = await import("../hub/index.ts");
	const model = (await findCachedModel(nameOrPath, options)) ?? (await pullModel(nameOrPath, options));
	const [name] = nameOrPath.split("@");
	return { name, folder: model.folder, bundled: false, revision: model.revision };
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
