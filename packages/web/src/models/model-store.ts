import { DinosegError } from "@dinoseg/core/errors";
import { KNOWN_MODELS, type ModelName, parseModelName } from "@dinoseg/core/hub";
import type { ModelStoreOptions, PullOptions } from "./hub-context.ts";
import type { Manifest } from "./manifest.ts";
import { listModelFolders, type ModelFolder, openModelFolder, removeModelFolder } from "./model-folder.ts";
import { withIdleModel } from "./model-lock.ts";
import { pullModel } from "./pull-model.ts";

/** A model that lies in this browser, whole or in part. */
export interface StoredModel {
	/** Short name if it has one, else `owner/name`. */
	readonly name: string;
	/** `owner/name`. */
	readonly repo: string;
	/** The commit; undefined as long as the model is not whole. */
	readonly revision: string | undefined;
	/** As the model's card tells, such as `apache-2.0`. */
	readonly licence: string | undefined;
	/** What it takes of the browser's storage. */
	readonly bytes: number;
	/** A part is gone on with by the next download. */
	readonly state: "whole" | "part";
}

/** The files of a model that is whole. */
export interface OpenedModel {
	readonly name: string;
	/** The commit. */
	readonly revision: string;
	/** By name, such as `config.json`. Bytes stay on the disk until a blob is read. */
	readonly files: ReadonlyMap<string, { readonly blob: Blob; readonly sha256: string }>;
}

/** Models of a hub in the browser's own file system. Every call throws CACHE_UNWRITABLE where there is none. */
export interface ModelStore {
	/**
	 * Have a model, complete and verified; only what is missing is fetched, also after the page was closed. Another tab
	 * that is at the same model is waited for, and an event tells it.
	 *
	 * @param name see `parseModelName`, but for the bundled model.
	 * @throws DinosegError MODEL_UNKNOWN, MODEL_CONFIG_INVALID, MODEL_FILE_MISSING, OPTION_INVALID, CACHE_NO_SPACE,
	 *   CACHE_UNWRITABLE, ABORTED, HUB_*
	 */
	pull(name: string, options?: PullOptions): Promise<StoredModel>;
	/** Every model, those of which only parts are there too, by name. */
	list(): Promise<StoredModel[]>;
	/**
	 * The files of a model, without asking anybody.
	 *
	 * @throws DinosegError MODEL_NOT_CACHED if it is not there, not whole, or there in another revision than the one named.
	 */
	open(name: string): Promise<OpenedModel>;
	/**
	 * Remove a model, or the parts of it.
	 *
	 * @returns the bytes that it took.
	 * @throws DinosegError MODEL_NOT_CACHED; CACHE_UNWRITABLE while it is downloaded.
	 */
	remove(name: string): Promise<number>;
}

/** Open the models of this origin. It has to be called in a dedicated worker: pages cannot write to these files in place. */
export function createModelStore(options: ModelStoreOptions = {}): ModelStore {
	return {
		pull: async (name, call = {}) => describe(await pullModel(hubModel(name), options, call)),
		list: async () => {
			const models = await Promise.all((await listModelFolders()).map(describe));
			return models.filter(({ bytes }) => bytes > 0);
		},
		open: async (name) => {
			const model = hubModel(name);
			const folder = await openModelFolder(model.repo, false);
			const manifest = await folder?.readManifest();
			const files =
				manifest && isAskedFor(manifest, model) ? await openFiles(folder as ModelFolder, manifest) : undefined;
			if (manifest === undefined || files === undefined) {
				throw notStored(name);
			}
			return { name: shortName(model.repo), revision: manifest.revision, files };
		},
		remove: async (name) => {
			const { repo } = hubModel(name);
			const folder = await openModelFolder(repo, false);
			if (folder === undefined) {
				throw notStored(name);
			}
			return withIdleModel(repo, async () => {
				const { bytes } = await describe(folder);
				await removeModelFolder(folder);
				return bytes;
			});
		},
	};
}

function hubModel(name: string): ModelName & { readonly kind: "hub" } {
	const model = parseModelName(name);
	if (model.kind === "bundled") {
		throw new DinosegError("OPTION_INVALID", `Model "${name}" comes with dinoseg: there is nothing to download.`, {
			details: { model: name },
		});
	}
	return model;
}

/** Without @, a name means whatever revision is there. */
function isAskedFor({ asked, revision }: Manifest, model: ModelName & { readonly kind: "hub" }): boolean {
	return !model.name.includes("@") || [asked, revision].includes(model.revision);
}

/** @returns undefined if one of them is gone. */
async function openFiles(folder: ModelFolder, { files }: Manifest): Promise<OpenedModel["files"] | undefined> {
	const opened = new Map<string, { blob: Blob; sha256: string }>();
	for (const { name, bytes, blob: hash, sha256 } of files) {
		const blob = await folder.file(hash);
		if (blob?.size !== bytes) {
			return undefined;
		}
		opened.set(name, { blob, sha256 });
	}
	return opened;
}

async function describe(folder: ModelFolder): Promise<StoredModel> {
	const manifest = await folder.readManifest();
	const sizes = await folder.sizes();
	const isWhole = manifest?.files.every(({ blob, bytes }) => sizes.get(blob) === bytes) ?? false;
	return {
		name: shortName(folder.repo),
		repo: folder.repo,
		revision: isWhole ? manifest?.revision : undefined,
		licence: manifest?.licence ?? undefined,
		bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
		state: isWhole ? "whole" : "part",
	};
}

function shortName(repo: string): string {
	return KNOWN_MODELS.find((known) => known.repo === repo)?.name ?? repo;
}

function notStored(name: string): DinosegError {
	return new DinosegError("MODEL_NOT_CACHED", `${name}: is not, or not wholly, in this browser. Download it first.`, {
		details: { model: name },
	});
}
