import { DinosegError } from "@dinoseg/core/errors";
import { parseShardIndex } from "@dinoseg/core/model";
import { files as bundledFiles } from "@dinoseg/model-tiny/files";
import { createSHA256 } from "hash-wasm";
import {
	CONFIG_FILE,
	INDEX_FILE,
	type ModelFile,
	type ModelFiles,
	PREPROCESSOR_FILE,
	WEIGHTS_FILE,
} from "./model-files.ts";

/** The model that comes with dinoseg, and the default. */
export const BUNDLED_MODEL = "tiny";

/** Told what has arrived of the weights. `totalBytes` is known where the server tells it, and they are one file. */
export type DownloadListener = (bytes: number, totalBytes: number | undefined) => void;

const tellNobody: DownloadListener = () => undefined;

/** Fetch the files of the bundled model. @throws DinosegError MODEL_FILE_MISSING */
export async function fetchBundledModel(onDownload: DownloadListener): Promise<ModelFiles> {
	const files = new Map<string, ModelFile>();
	for (const [name, url] of Object.entries(bundledFiles)) {
		files.set(name, await fetchNeeded(url, name === WEIGHTS_FILE ? onDownload : tellNobody));
	}
	return { name: BUNDLED_MODEL, revision: null, bundled: true, files };
}

/**
 * Fetch a checkpoint from a folder of a server.
 *
 * @param folder its address; what it holds is what a repository of Hugging Face does.
 * @throws DinosegError MODEL_FILE_MISSING, MODEL_CONFIG_INVALID
 */
export async function fetchModel(folder: URL, onDownload: DownloadListener): Promise<ModelFiles> {
	const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
	const at = (name: string): URL => new URL(name, base);
	const files = new Map<string, ModelFile>([[CONFIG_FILE, await fetchNeeded(at(CONFIG_FILE), tellNobody)]]);
	const preprocessor = await fetchFile(at(PREPROCESSOR_FILE), tellNobody);
	if (preprocessor) {
		files.set(PREPROCESSOR_FILE, preprocessor);
	}
	const index = await fetchFile(at(INDEX_FILE), tellNobody);
	if (index) {
		files.set(INDEX_FILE, index);
		let before = 0;
		for (const name of parseShardIndex(await index.blob.text(), at(INDEX_FILE).href).files) {
			const shard = await fetchNeeded(at(name), (bytes) => onDownload(before + bytes, undefined));
			before += shard.blob.size;
			files.set(name, shard);
		}
	} else {
		files.set(WEIGHTS_FILE, await fetchNeeded(at(WEIGHTS_FILE), onDownload));
	}
	const name = base.pathname.split("/").filter(Boolean).at(-1) ?? base.host;
	return { name, revision: null, bundled: false, files };
}

async function fetchNeeded(url: URL, onDownload: DownloadListener): Promise<ModelFile> {
	const file = await fetchFile(url, onDownload);
	if (file === undefined) {
		throw new DinosegError(
			"MODEL_FILE_MISSING",
			`${url.href}: there is no such file. A model's folder holds ${CONFIG_FILE} and ${WEIGHTS_FILE} (or ${INDEX_FILE} ` +
				"and the files that it names).",
			{ details: { path: url.href } },
		);
	}
	return file;
}

/** @returns undefined if there is no such file. */
async function fetchFile(url: URL, onDownload: DownloadListener): Promise<ModelFile | undefined> {
	const response = await fetch(url).catch((cause) => failed(url, cause));
	// A page in place of a file: what servers of single pages answer for all that they do not have.
	const isPage = /^text\/html/.test(response.headers.get("Content-Type") ?? "");
	if (response.status === 404 || response.status === 410 || (response.ok && isPage)) {
		await response.body?.cancel();
		return undefined;
	}
	if (!response.ok || response.body === null) {
		return failed(url, new Error(`status ${response.status}`));
	}
	const length = Number(response.headers.get("Content-Length"));
	const isCoded = response.headers.get("Content-Encoding") !== null;
	const total = !isCoded && length > 0 ? length : undefined;
	const hash = await createSHA256();
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	try {
		// Not every browser lets a loop go over a stream.
		const reader = response.body.getReader();
		for (let read = await reader.read(); !read.done; read = await reader.read()) {
			hash.update(read.value);
			chunks.push(read.value);
			bytes += read.value.length;
			onDownload(bytes, total);
		}
	} catch (cause) {
		return failed(url, cause);
	}
	return { blob: new Blob(chunks), sha256: hash.digest() };
}

function failed(url: URL, cause: unknown): never {
	throw new DinosegError(
		"MODEL_FILE_MISSING",
		`${url.href}: cannot be fetched (${(cause as Error).message}). Check the network, and that the server lets this page ` +
			"read it.",
		{ details: { path: url.href }, cause },
	);
}
