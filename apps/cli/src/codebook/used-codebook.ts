import type { Codebook } from "@dinoseg/core/codebook";

/** The codebook that a run gives its images the clusters of. */
export interface UsedCodebook {
	readonly codebook: Codebook;
	/** As `codebookDigest`. */
	readonly digest: string;
}
