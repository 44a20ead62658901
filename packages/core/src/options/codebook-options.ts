import type { SegmentationOptions } from "./options.ts";

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
