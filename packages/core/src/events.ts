/** The stages of one segmentation, in their order. */
export const STAGES = [
	"decode",
	"median",
	"resize",
	"network",
	"pca",
	"kmeans",
	"upsample",
	"smooth",
	"superpixels",
	"regions",
	"render",
] as const;
export type Stage = (typeof STAGES)[number];

/** Every kind of warning; `docs/errors.md` documents the same list. */
export const WARNING_CODES = [
	"ANIMATION_FIRST_FRAME",
	"BANDS_LEFT_OUT",
	"CONTRAST_LOW",
	"HDR_NOT_TONE_MAPPED",
	"GEOREFERENCE_UNUSABLE",
	"FEWER_SEGMENTS",
	"PCA_COMPONENTS_LOWERED",
	"CACHE_UNUSABLE",
	"HOLES_LOST",
	"REFERENCE_SYSTEM_MISSING",
	"UNLIKE_CODEBOOK",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something a user should know though the run went on. */
export interface Warning {
	readonly code: WarningCode;
	readonly message: string;
}

/** What the pipeline tells while it runs. Progress bars and servers are only consumers of these. */
export type SegmentationEvent =
	| { readonly type: "stage-start"; readonly stage: Stage }
	/** `cached`: the stage did not run, for what it makes had been kept: pixels, tokens, or the points after PCA. */
	| { readonly type: "stage-end"; readonly stage: Stage; readonly milliseconds: number; readonly cached?: boolean }
	/** `done` of `total` equal steps of a stage that runs: restarts of k-means, runs of the network if there are several. */
	| { readonly type: "progress"; readonly stage: Stage; readonly done: number; readonly total: number }
	| { readonly type: "warning"; readonly warning: Warning };

export type SegmentationListener = (event: SegmentationEvent) => void;
