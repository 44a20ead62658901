import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Digits of a sha256 in hexadecimal; a shorter hash is git's SHA-1. */
const SHA256_DIGITS = 64;
const READ_BYTES = 2 ** 20;

/**
 * A running hash of the kind that names a blob: sha256 (64 digits), or git's SHA-1 of a blob (40 digits), which covers a
 * header with the size.
 */
export function createBlobHash(hash: string, bytes: number): Hash {
	return hash.length === SHA256_DIGITS ? createHash("sha256") : createHash("sha1").update(`blob ${bytes}\0`);
}

/** Feed a file to running hashes. */
export async function hashFile(path: string, ...hashes: readonly Hash[]): Promise<void> {
	for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
		for (const hash of hashes) {
			hash.update(chunk as Uint8Array);
		}
	}
}
