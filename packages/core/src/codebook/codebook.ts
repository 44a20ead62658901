import type { SegmentNames } from "../labels/names/index.ts";
import type { PcaModel } from "../linalg/index.ts";
import type { Dtype, SegmentationOptions } from "../options/index.ts";
import type { FitSummary } from "./fit-summary.ts";

/** The options that decide what the points of a picture are. */
export const POINT_OPTION_KEYS = [
	"inputSize",
	"median",
	"facet",
	"layer",
	"stride",
	"positionGrid",
	"repair",
	"debias",
	"stretch",
	"bands",
	"nodata",
	"metric",
	"denoise",
] as const satisfies readonly (keyof SegmentationOptions)[];

/** The options that decide what is made of the points of all pictures. */
export const FIT_OPTION_KEYS = [
	"clusters",
	"pca",
	"whiten",
	"init",
	"restarts",
	"seed",
] as const satisfies readonly (keyof SegmentationOptions)[];

/** All options that decide a codebook, in the order in which they are written. */
export const CODEBOOK_OPTION_KEYS = [...POINT_OPTION_KEYS, ...FIT_OPTION_KEYS] as const;
export type CodebookOptionKey = (typeof CODEBOOK_OPTION_KEYS)[number];
export type CodebookOptions = Pick<SegmentationOptions, CodebookOptionKey>;

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

/** Clusters that are common to many pictures. */
export interface Codebook extends CodebookPart, CodebookSpace {
	readonly clusters: number;
	/** In the space of the divided components. Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Share of all points in each cluster. Shape (clusters,). */
	readonly shares: Float64Array;
	/** Mean squared distance of the sampled points to their nearest centroid. */
	readonly spread: number;
	/** Squared distance of tokens above which one is unlike what the codebook was fitted to: see `applyCodebook`. */
	readonly unlikeDistance: number;
	/** What clusters are called, and their colours, where somebody gave them. */
	readonly names: SegmentNames;
}
