import type { SegmentNames } from "../labels/names/index.ts";
import type { PcaModel } from "../linalg/index.ts";
import { CODEBOOK_OPTION_KEYS, type CodebookOptions, type Dtype, type SegmentationOptions } from "../options/index.ts";
import type { FitSummary } from "./fit-summary.ts";

/** Those of all options that decide a codebook. */
export function codebookOptions(options: SegmentationOptions): CodebookOptions {
	return Object.fromEntries(CODEBOOK_OPTION_KEYS.map((key) => [key, options[key]])) as unknown as CodebookOptions;
}

/** The network that tokens are of. Digest and dtype decide whether two are the same. */
export interface CodebookModel {
	readonly name: string;
	/** sha256 over the weights and their configuration, hex. */
	readonly digest: string;
	/** Revision on a model hub; none for a local folder. */
	readonly revision: string | null;
	/** Precision of its arithmetic. */
	readonly dtype: Dtype;
}

/** What a codebook is fitted to: a summary of pictures, and how their points were made. */
export interface CodebookPart {
	readonly model: CodebookModel;
	readonly options: CodebookOptions;
	readonly summary: FitSummary;
}

/** How points become what is clustered. */
export interface CodebookSpace {
	/** None when PCA was off. */
	readonly pca?: PcaModel | undefined;
	/** What each component is divided by, above 0. Shape (D,). */
	readonly divisors: Float64Array;
}

/** What a codebook makes of a picture: its clusters, without what it was fitted to. */
export interface CodebookClusters extends Omit<CodebookPart, "summary">, CodebookSpace {
	readonly clusters: number;
	/** In the space of the divided components. Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Share of all points in each cluster. Shape (clusters,). */
	readonly shares: Float64Array;
	/** Squared distance of tokens above which one is unlike what the codebook was fitted to: see `applyCodebook`. */
	readonly unlikeDistance: number;
	/** What clusters are called, and their colours, where somebody gave them. */
	readonly names: SegmentNames;
}

/** Clusters that are common to many pictures, and what they were fitted to: so further pictures can be added. */
export interface Codebook extends CodebookClusters, CodebookPart {}

/** Length of the tokens of a codebook. */
export function tokenLength({ pca, divisors }: CodebookSpace): number {
	return pca?.dim ?? divisors.length;
}
