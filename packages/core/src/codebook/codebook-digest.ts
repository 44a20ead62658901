import type { CodebookClusters } from "./codebook.ts";
import { writeCodebookOptions } from "./codebook-header.ts";

/**
 * What decides the ids that a codebook gives, as one hash; names and colours do not count.
 *
 * @param digest sha256, hex.
 */
export async function codebookDigest(
	codebook: CodebookClusters,
	digest: (bytes: Uint8Array) => Promise<string>,
): Promise<string> {
	const { centroids, divisors, pca, model, options } = codebook;
	const words = new TextEncoder().encode(JSON.stringify([model.digest, model.dtype, writeCodebookOptions(options)]));
	const arrays = [centroids, divisors, ...(pca ? [pca.mean, pca.components] : [])];
	const hashes: string[] = [await digest(words)];
	for (const { buffer, byteOffset, byteLength } of arrays) {
		hashes.push(await digest(new Uint8Array(buffer, byteOffset, byteLength)));
	}
	return digest(new TextEncoder().encode(hashes.join(" ")));
}
