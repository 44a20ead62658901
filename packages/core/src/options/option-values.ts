/** The values and the bounds of options that other files name. */

/** What segments are: k-means clusters of patches, or connected regions that grew together from superpixels. */
export const SEGMENT_KINDS = ["clusters", "regions"] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

/** Which output of the network is clustered: its tokens, or what a block's attention computes from them. */
export const FACETS = ["token", "key", "query", "value"] as const;
export type Facet = (typeof FACETS)[number];

/** Precision of the network's arithmetic. */
export const DTYPES = ["fp32", "int8"] as const;
export type Dtype = (typeof DTYPES)[number];

/** What makes tokens alike: small Euclidean distances, or small angles whatever their lengths. */
export const METRICS = ["euclidean", "cosine"] as const;
export type Metric = (typeof METRICS)[number];

/** What k-means begins with: clusters that merged, or drawn points (Arthur and Vassilvitskii 2007). */
export const INITIALISATIONS = ["merge", "k-means++"] as const;
export type Initialisation = (typeof INITIALISATIONS)[number];

/** How the position table is resized: as the official code does, or as current transformers releases do. */
export const POSITION_GRIDS = ["official", "hf"] as const;
export type PositionGrid = (typeof POSITION_GRIDS)[number];

/** Powers of its deviation that a component can be divided by: those that are made of square roots. */
export const WHITENINGS = [0, 0.25, 0.5, 1] as const;
export type Whitening = (typeof WHITENINGS)[number];

/** Windows of the median blur, pixels. */
export const MEDIAN_WINDOWS = { min: 3, max: 101 };
/** How fine the cut of a region tree is. */
export const DETAIL = { min: 0, max: 100 };
export const RESTARTS = { min: 1, max: 100 };
/** Passes of local averaging. */
export const DENOISE_PASSES = { min: 0, max: 16 };
export const MAX_PIXELS = { min: 1, max: 2 ** 31 - 1 };
/** Pages of a file that can be asked for. */
export const PAGES = { min: 1, max: 2 ** 20 };
/** A page of a file of several pictures, 1-based; "first" tells that there are more, 1 does not. */
export type PageOption = number | "first";
