import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { modelDigestText } from "@dinoseg/core/model";
import { createTemporaryFiles, writeFileAtomically } from "../files/index.ts";

export interface ModelDigestOptions {
	/** The folder of all of dinoseg's caches, where digests are remembered. @default nothing is remembered */
	readonly cacheFolder?: string | undefined;
}

/** Name of the list of remembered digests. */
const REMEMBERED_FILE = "model-digests.json";
/** Files that are remembered; the one hashed longest ago goes first. */
const MAX_REMEMBERED = 256;
/** Bytes read at once: the event loop gets a turn between two. */
const READ_BYTES = 2 ** 20;

/** In a Hugging Face cache, large files are named by their sha256, and get that name only when it was verified. */
const BLOB_PATH = /[/\\]blobs[/\\]([0-9a-f]{64})$/;

/** A digest holds as long as the file has this size and time of change. */
interface RememberedFile {
	readonly bytes: string;
	readonly modifiedNs: string;
	readonly sha256: string;
}

/** By real path. */
type Remembered = Record<string, RememberedFile>;

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * What identifies a model: sha256 of the names and sha256 digests of its files.
 *
 * Each file is hashed once and its digest remembered by (real path, size, time of change); the name of a blob in a
 * Hugging Face cache is its digest.
 *
 * @param files path of each file by its name in the checkpoint. Their order does not matter.
 * @returns 64 lower-case hexadecimal digits.
 */
export async function modelDigest(
	files: ReadonlyMap<string, string>,
	options: ModelDigestOptions = {},
): Promise<string> {
	const store = options.cacheFolder === undefined ? undefined : join(options.cacheFolder, REMEMBERED_FILE);
	const remembered = store === undefined ? {} : await readRemembered(store);
	const fresh: Remembered = {};
	const digests = new Map<string, string>();
	for (const [name, path] of files) {
		const real = await realpath(path);
		const { size, mtimeNs } = await stat(real, { bigint: true });
		const verified = BLOB_PATH.exec(real)?.[1];
		if (verified) {
			digests.set(name, verified);
			continue;
		}
		const known = remembered[real];
		if (known?.bytes === `${size}` && known.modifiedNs === `${mtimeNs}`) {
			digests.set(name, known.sha256);
		} else {
			const sha256 = await hashFile(real);
			fresh[real] = { bytes: `${size}`, modifiedNs: `${mtimeNs}`, sha256 };
			digests.set(name, sha256);
		}
	}
	if (store !== undefined && Object.keys(fresh).length > 0) {
		await remember(store, fresh);
	}
	return createHash("sha256").update(modelDigestText(digests)).digest("hex");
}

async function hashFile(path: string): Promise<string> {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
		hash.update(chunk as Uint8Array);
	}
	return hash.digest("hex");
}

/** A list that is absent, damaged or unreadable remembers nothing. */
async function readRemembered(store: string): Promise<Remembered> {
	try {
		const list: unknown = JSON.parse(await readFile(store, "utf8"));
		return isRemembered(list) ? list : {};
	} catch {
		return {};
	}
}

function isRemembered(list: unknown): list is Remembered {
	return (
		typeof list === "object" &&
		list !== null &&
		Object.values(list).every(
			(file: Partial<RememberedFile> | null) =>
				typeof file?.bytes === "string" &&
				typeof file.modifiedNs === "string" &&
				typeof file.sha256 === "string" &&
				SHA256.test(file.sha256),
		)
	);
}

/** A folder that cannot be written to costs only time: the files are hashed again. */
async function remember(store: string, fresh: Remembered): Promise<void> {
	const older = Object.entries(await readRemembered(store)).filter(([path]) => !Object.hasOwn(fresh, path));
	const entries = [...older, ...Object.entries(fresh)].slice(-MAX_REMEMBERED);
	try {
		await mkdir(dirname(store), { recursive: true });
		const text = `${JSON.stringify(Object.fromEntries(entries), undefined, "\t")}\n`;
		await writeFileAtomically(store, new TextEncoder().encode(text), createTemporaryFiles());
	} catch {
		return;
	}
}
