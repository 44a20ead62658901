/** What is used of a running hash. */
export interface BlobHash {
	update(data: Uint8Array): unknown;
	digest(encoding: "hex"): string;
}

/** Begin a hash, as `createHash` of Node does. */
export type CreateHash = (algorithm: "sha256" | "sha1") => BlobHash;

/** Digits of a sha256 in hexadecimal; a shorter hash is git's SHA-1. */
const SHA256_DIGITS = 64;

/**
 * A running hash of the kind that names a blob: sha256 (64 digits), or git's SHA-1 of a blob (40 digits), which covers a
 * header with the size.
 */
export function createBlobHash(createHash: CreateHash, hash: string, bytes: number): BlobHash {
	if (hash.length === SHA256_DIGITS) {
		return createHash("sha256");
	}
	const sha1 = createHash("sha1");
	sha1.update(new TextEncoder().encode(`blob ${bytes}\0`));
	return sha1;
}
