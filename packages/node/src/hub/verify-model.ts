import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { throwIfAborted } from "@dinoseg/core";
import { createBlobHash, parseModelName } from "@dinoseg/core/hub";
import { hashFile, repoFolders } from "./cache-layout.ts";
import { type CachedModel, listCachedModels } from "./cached-models.ts";
import { type HubSettingsOptions, hubCacheFolder } from "./settings.ts";

export interface VerifyOptions extends HubSettingsOptions {
	readonly signal?: AbortSignal;
	/** Called before each file is read. */
	readonly onFile?: (file: string, bytes: number) => void;
}

/**
 * What became of a file: its bytes have the hash in its name, or not; `unknown` where the cache keeps no hash of it, as on
 * Windows without links when another program wrote it.
 */
export interface VerifiedFile {
	readonly repo: string;
	readonly revision: string;
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	readonly status: "ok" | "damaged" | "unknown";
}

const HASH = /^([0-9a-f]{64}|[0-9a-f]{40})$/;

/**
 * Read cached checkpoints and compare every byte with the hash under which the hub lists it.
 *
 * @param name one model, all its revisions in the cache unless it names one. Default: every model.
 * @throws DinosegError MODEL_UNKNOWN, OPTION_INVALID, ABORTED
 */
export async function verifyModel(name: string | undefined, options: VerifyOptions = {}): Promise<VerifiedFile[]> {
	const models = (await listCachedModels(options)).filter(modelFilter(name));
	const blobs = new Map<string, VerifiedFile["status"]>();
	const results: VerifiedFile[] = [];
	for (const model of models) {
		const blobFolder = repoFolders(hubCacheFolder(options), model.repo).blobs;
		for (const file of model.files) {
			throwIfAborted(options.signal);
			let status = blobs.get(file.path);
			if (status === undefined) {
				options.onFile?.(file.name, file.bytes);
				status = await checkFile(file.path, file.bytes, blobFolder);
				blobs.set(file.path, status);
			}
			results.push({ repo: model.repo, revision: model.revision, ...file, status });
		}
	}
	return results;
}

/** Which cached models a name means: all revisions, or the one after @, as branch, tag or commit. */
function modelFilter(name: string | undefined): (model: CachedModel) => boolean {
	if (name === undefined) {
		return () => true;
	}
	const model = parseModelName(name);
	return ({ repo, revision, refs }) =>
		model.kind === "hub" &&
		repo === model.repo &&
		(!name.includes("@") || revision === model.revision || refs.includes(model.revision));
}

async function checkFile(path: string, bytes: number, blobFolder: string): Promise<VerifiedFile["status"]> {
	const expected = basename(path);
	if (HASH.test(expected)) {
		const hash = createBlobHash(createHash, expected, bytes);
		await hashFile(path, hash);
		return hash.digest("hex") === expected ? "ok" : "damaged";
	}
	// A copy, where links cannot be made: right if a blob has the name of its hash.
	const sha256 = createHash("sha256");
	const git = createBlobHash(createHash, "", bytes);
	await hashFile(path, sha256, git);
	const names = (await readdir(blobFolder).catch(() => [])).filter((each) => HASH.test(each));
	const found = [sha256.digest("hex"), git.digest("hex")].some((each) => names.includes(each));
	return found ? "ok" : names.length > 0 ? "damaged" : "unknown";
}
