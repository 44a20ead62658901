import { throwIfAborted } from "@dinoseg/core";
import {
	type CheckpointStore,
	downloadBlob,
	fetchCheckpoint,
	fileUrl,
	type HubContext,
	listRepoFiles,
	type RepoFile,
	resolveRevision,
	selectCheckpoint,
} from "@dinoseg/core/hub";
import { sha256 } from "hash-wasm";
import { createHubContext, type ModelStoreOptions, type PullOptions } from "./hub-context.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { type ModelFolder, openFileSystem, openModelFolder } from "./model-folder.ts";
import { withModelLock } from "./model-lock.ts";
import { noSpace, storageFailure } from "./storage-failures.ts";

/** Bytes that stay free. */
const SPARE_BYTES = 2 ** 20;
const SHA256_DIGITS = 64;

/**
 * Have a model of the hub, complete and verified; only what is missing is fetched, also after the page was closed.
 *
 * The hub is asked which commit the revision is now. One commit of a model is kept: an older one goes once the new one is
 * whole.
 *
 * @returns the folder in which it lies.
 */
export async function pullModel(
	{ repo, revision }: { readonly repo: string; readonly revision: string },
	options: ModelStoreOptions,
	call: PullOptions,
): Promise<ModelFolder> {
	await openFileSystem();
	const context = await createHubContext(options, call);
	const onWaiting = () => context.onEvent({ type: "waiting", file: repo });
	try {
		return await withModelLock(repo, call.signal, onWaiting, async () => {
			const { commit, licence } = await resolveRevision(context, repo, revision);
			context.onEvent({ type: "resolved", repo, revision: commit, licence });
			const listed = await listRepoFiles(context, repo, commit);
			const source = { repo, listed, chosen: selectCheckpoint(listed, repo) };
			const folder = (await openModelFolder(repo, true)) as ModelFolder;
			const store = storeIn(folder, context, commit, await folder.readManifest());
			const files: ManifestFile[] = [];
			for (const { name, bytes, hash } of await fetchCheckpoint(store, source, context.onEvent)) {
				const isSha256 = hash.length === SHA256_DIGITS;
				files.push({ name, bytes, blob: hash, sha256: isSha256 ? hash : await digestOf(folder, hash) });
			}
			await folder.writeManifest({ repo, asked: revision, revision: commit, licence: licence ?? null, files });
			for (const blob of (await folder.sizes()).keys()) {
				if (!files.some((file) => file.blob === blob)) {
					await folder.remove(blob);
				}
			}
			return folder;
		});
	} catch (error) {
		throwIfAborted(call.signal);
		throw error instanceof DOMException ? storageFailure(repo, error, 0) : error;
	}
}

/** A model's folder as the place where the files of a commit are kept. @param known what is verified already. */
function storeIn(
	folder: ModelFolder,
	context: HubContext,
	commit: string,
	known: Manifest | undefined,
): CheckpointStore {
	return {
		checkSpace: async (files) => {
			const sizes = await folder.sizes();
			const needed = files.reduce((sum, { hash, bytes }) => sum + Math.max(0, bytes - (sizes.get(hash) ?? 0)), 0);
			const room = needed === 0 ? 0 : await folder.room(needed + SPARE_BYTES);
			if (needed > 0 && room < needed + SPARE_BYTES) {
				throw noSpace(folder.repo, needed, room);
			}
		},
		fetchFile: async (file, onBytes) => {
			const { name, bytes, hash } = file;
			const isKnown = known?.files.some(({ blob }) => blob === hash) ?? false;
			const cached = isKnown && (await folder.file(hash))?.size === bytes;
			if (cached) {
				onBytes(bytes);
			} else {
				await fetchBlob(folder, context, commit, file, onBytes);
			}
			context.onEvent({ type: "file-end", file: name, total: bytes, cached });
		},
		readText: async ({ hash }) => (await folder.file(hash))?.text() ?? "",
	};
}

async function fetchBlob(
	folder: ModelFolder,
	context: HubContext,
	commit: string,
	file: RepoFile,
	onBytes: (bytes: number) => void,
): Promise<void> {
	const { repo } = folder;
	const part = await folder.open(file.hash, file.bytes);
	let isEmpty = false;
	try {
		context.onEvent({ type: "file-start", file: file.name, resumedFrom: await part.size(), total: file.bytes });
		await downloadBlob(context, {
			url: fileUrl(context, repo, commit, file.name),
			file,
			subject: { repo, revision: commit, file: file.name },
			part,
			onBytes,
		});
	} catch (error) {
		isEmpty = (await part.size()) === 0;
		throw error;
	} finally {
		part.close();
		if (isEmpty) {
			await folder.remove(file.hash);
		}
	}
}

async function digestOf(folder: ModelFolder, blob: string): Promise<string> {
	const file = await folder.file(blob);
	return sha256(new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0)));
}
