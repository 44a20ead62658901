import { type Manifest, parseManifest } from "./manifest.ts";
import { noFileSystem, storageFailure } from "./storage-failures.ts";
import { type OpenPart, openPart, roomIn } from "./sync-part.ts";

/*
 * `dinoseg/models/<owner>--<name>/` of the origin's own file system: files under the hashes by which the hub lists them,
 * whole or not, and `manifest.json`, which is written last.
 */

/** Where one model lies. */
export interface ModelFolder {
	/** `owner/name`. */
	readonly repo: string;
	/** @returns undefined as long as the model is not whole. */
	readManifest(): Promise<Manifest | undefined>;
	writeManifest(manifest: Manifest): Promise<void>;
	/** @returns undefined if there is no such file. */
	file(name: string): Promise<File | undefined>;
	/** Open a file to write to it; it need not exist. @param bytes that it is to have in the end. */
	open(name: string, bytes: number): Promise<OpenPart>;
	remove(name: string): Promise<void>;
	/** How many more bytes the browser lets it hold, of as many as are needed. */
	room(needed: number): Promise<number>;
	/** Names and bytes of its files, without the manifest. */
	sizes(): Promise<ReadonlyMap<string, number>>;
}

const PATH = ["dinoseg", "models"];
const MANIFEST = "manifest.json";
/** Grown to see how far it may, and removed. */
const PROBE = "probe";
const SEPARATOR = "--";

/**
 * The folder of a model.
 *
 * @returns undefined if it is not there and is not to be made.
 * @throws DinosegError CACHE_UNWRITABLE
 */
export async function openModelFolder(repo: string, create: boolean): Promise<ModelFolder | undefined> {
	const models = await openModels(create);
	const handle = await models?.getDirectoryHandle(repo.replace("/", SEPARATOR), { create }).catch(absent);
	return handle && folderOf(repo, handle);
}

/** The folders of all models, in the order of their names. */
export async function listModelFolders(): Promise<ModelFolder[]> {
	const folders: ModelFolder[] = [];
	for await (const [name, handle] of (await openModels(false))?.entries() ?? []) {
		const parts = name.split(SEPARATOR);
		if (handle.kind === "directory" && parts.length === 2) {
			folders.push(folderOf(parts.join("/"), handle as FileSystemDirectoryHandle));
		}
	}
	return folders.sort((a, b) => (a.repo < b.repo ? -1 : 1));
}

/** Remove a model, and parts of it. */
export async function removeModelFolder({ repo }: ModelFolder): Promise<void> {
	try {
		const models = await openModels(false);
		const handle = await models?.getDirectoryHandle(repo.replace("/", SEPARATOR));
		// First, so that an interruption leaves a model that is not there.
		await handle?.removeEntry(MANIFEST).catch(absent);
		await models?.removeEntry(repo.replace("/", SEPARATOR), { recursive: true });
	} catch (cause) {
		throw storageFailure(repo, cause, 0);
	}
}

/**
 * The origin's own file system.
 *
 * @throws DinosegError CACHE_UNWRITABLE where there is none.
 */
export async function openFileSystem(): Promise<FileSystemDirectoryHandle> {
	if (navigator.storage?.getDirectory === undefined || navigator.locks === undefined) {
		throw noFileSystem();
	}
	return navigator.storage.getDirectory().catch((cause) => {
		throw noFileSystem(cause);
	});
}

async function openModels(create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
	let folder: FileSystemDirectoryHandle | undefined = await openFileSystem();
	for (const name of PATH) {
		folder = await folder?.getDirectoryHandle(name, { create }).catch(absent);
	}
	return folder;
}

function folderOf(repo: string, handle: FileSystemDirectoryHandle): ModelFolder {
	const file = async (name: string) => (await handle.getFileHandle(name).catch(absent))?.getFile();
	const open = async (name: string, bytes: number) =>
		openPart(await handle.getFileHandle(name, { create: true }), repo, bytes);
	const remove = async (name: string) => {
		await handle.removeEntry(name).catch(absent);
	};
	return {
		repo,
		readManifest: async () => {
			const manifest = parseManifest((await (await file(MANIFEST))?.text()) ?? "");
			return manifest?.repo === repo ? manifest : undefined;
		},
		writeManifest: async (manifest) => {
			const bytes = new TextEncoder().encode(JSON.stringify(manifest, undefined, "\t"));
			const part = await open(MANIFEST, bytes.length);
			try {
				await part.empty();
				await part.write(bytes, 0);
				await part.flush();
			} finally {
				part.close();
			}
		},
		file,
		open,
		remove,
		room: async (needed) => {
			const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate();
			try {
				const room = await roomIn(await handle.getFileHandle(PROBE, { create: true }), needed);
				return Math.min(room, Math.max(0, quota - usage));
			} finally {
				await remove(PROBE);
			}
		},
		sizes: async () => {
			const sizes = new Map<string, number>();
			for await (const name of handle.keys()) {
				const { size } = (await file(name)) ?? { size: 0 };
				if (name !== MANIFEST) {
					sizes.set(name, size);
				}
			}
			return sizes;
		},
	};
}

function absent(error: Error): undefined {
	if (error.name !== "NotFoundError") {
		throw error;
	}
}
