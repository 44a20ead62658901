/**
 * Every option, once. Types, defaults, bounds, messages, flags, help, documents and `segments.json` are made from these
 * records: a new option is one entry here, and the code that honours it.
 *
 * What switches an option off is written in one way for each kind: an amount with 0, a method with `none`, a count that
 * cannot be 0 with `off`.
 */
import { optionName } from "../errors/index.ts";
import { choice, integer, integerOr, type OptionKind, oddOrZero, real, SWITCH, text } from "./option-kind.ts";
import {
	DENOISE_PASSES,
	DETAIL,
	DTYPES,
	type Dtype,
	FACETS,
	type Facet,
	INITIALISATIONS,
	type Initialisation,
	MAX_PIXELS,
	MEDIAN_WINDOWS,
	METRICS,
	type Metric,
	PAGES,
	type PageOption,
	POSITION_GRIDS,
	type PositionGrid,
	RESTARTS,
	SEGMENT_KINDS,
	type SegmentKind,
	WHITENINGS,
	type Whitening,
} from "./option-values.ts";
import {
	type BandsOption,
	bands,
	type ClustersOption,
	clusters,
	type InputSize,
	inputSize,
	layers,
	type MinimumArea,
	minimumArea,
	type NoDataOption,
	noData,
	type PcaOption,
	pca,
	type SmoothingOption,
	type StretchOption,
	smoothing,
	stretch,
} from "./pipeline-kinds.ts";
import { type PixelSizeOption, pixelSize } from "./pixel-size.ts";

/** Where help lists an option: what people use, what decides the quality, the network, how the work is done. */
export const OPTION_GROUPS = ["main", "quality", "network", "running"] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** The first part that an option decides: the pixels, the tokens of the network, what follows, or what is told of it. */
export type OptionStage = "pixels" | "tokens" | "clusters" | "statistics";

/** One option. */
export interface OptionDefinition<T> {
	readonly kind: OptionKind<T>;
	readonly default: T;
	readonly group: OptionGroup;
	readonly stage: OptionStage;
	/** The kind of segments that it decides something about. @default both */
	readonly appliesTo?: SegmentKind;
	/** The letter of its short flag. @default it has none */
	readonly letter?: string;
	/** What it does, in one line; other options are marked by `optionName`. */
	readonly help: string;
}

/** The options that decide the result for one picture and one model. */
export const OPTIONS = {
	/**
	 * What segments are: "clusters" are alike anywhere in the picture, "regions" are connected, with the borders of the
	 * picture. @default "clusters"
	 */
	segments: define<SegmentKind>({
		kind: choice("kind", SEGMENT_KINDS),
		default: "clusters",
		group: "main",
		stage: "clusters",
		help: "what a segment is: all that is alike, or one connected part",
	}),
	/**
	 * Number of clusters or regions, or the range in which it is chosen for each picture: of clusters the largest one at
	 * which the two most alike are well apart, of regions that of `detail`. @default "auto"
	 */
	clusters: define<ClustersOption>({
		kind: clusters,
		default: "auto",
		group: "main",
		stage: "clusters",
		letter: "k",
		help: "number of segments; with auto or a range it is chosen for each picture",
	}),
	/** How fine the regions are where their number is not given: 25 more are some three times as many. @default 50 */
	detail: define<number>({
		kind: real("number", DETAIL),
		default: 50,
		group: "main",
		stage: "clusters",
		appliesTo: "regions",
		help: `how fine regions are where ${optionName("clusters")} does not say it`,
	}),
	/** Size of the network's input. @default 518 */
	inputSize: define<InputSize>({
		kind: inputSize,
		default: 518,
		group: "network",
		stage: "tokens",
		help: "longer side of the network's input in pixels, or its exact size",
	}),
	/** Window of the median blur on the original, pixels; 0 switches it off. @default 5 */
	median: define<number>({
		kind: oddOrZero("window", MEDIAN_WINDOWS),
		default: 5,
		group: "quality",
		stage: "tokens",
		help: "window of the median blur on the original, pixels",
	}),
	/** @default 0.99 */
	pca: define<PcaOption>({
		kind: pca,
		default: 0.99,
		group: "quality",
		stage: "clusters",
		help: "share of the variance to keep, or a count of components",
	}),
	/** Passes of local averaging after PCA: each token becomes a mean over itself and alike neighbours. @default 1 */
	denoise: define<number>({
		kind: integer("passes", DENOISE_PASSES),
		default: 1,
		group: "quality",
		stage: "clusters",
		help: "local averaging: how often each token is averaged with alike neighbours",
	}),
	/** Power of its standard deviation that each principal component is divided by. @default 0.5 */
	whiten: define<Whitening>({
		kind: choice("power", WHITENINGS),
		default: 0.5,
		group: "quality",
		stage: "clusters",
		help: "power of its deviation that each principal component is divided by",
	}),
	/** Deviation of the place on the token grid, as a multiple of that of the components. @default 0.4 */
	position: define<number>({
		kind: real("weight", { min: 0, max: 10 }),
		default: 0.4,
		group: "quality",
		stage: "clusters",
		appliesTo: "clusters",
		help: "how much the place in the picture counts beside what is seen there",
	}),
	/** @default { method: "guided" } */
	smooth: define<SmoothingOption>({
		kind: smoothing,
		default: { method: "guided" },
		group: "quality",
		stage: "clusters",
		appliesTo: "clusters",
		help: "how borders are smoothed; guided moves them to the edges of the picture",
	}),
	/** Connected regions below this size join a neighbour. @default { share: 0.001 } */
	minArea: define<MinimumArea>({
		kind: minimumArea,
		default: { share: 0.001 },
		group: "main",
		stage: "clusters",
		help: "connected regions below this size join a neighbour",
	}),
	/** @default "token" */
	facet: define<Facet>({
		kind: choice("facet", FACETS),
		default: "token",
		group: "network",
		stage: "tokens",
		help: "what is clustered: the tokens, or what the attention computes from them",
	}),
	/** Blocks whose outputs are joined, in this order; 0-based, negative from the end. @default [-1] */
	layer: define<readonly number[]>({
		kind: layers,
		default: [-1],
		group: "network",
		stage: "tokens",
		help: "blocks whose outputs are joined",
	}),
	/** Step between patches, input pixels, at most one patch; "patch" is one patch. @default "patch" */
	stride: define<number | "patch">({
		kind: integerOr("pixels", "patch", { min: 1, max: 4096 }),
		default: "patch",
		group: "network",
		stage: "tokens",
		help: "step between patches; below one patch the tokens are denser, and slower",
	}),
	/** @default "official" */
	positionGrid: define<PositionGrid>({
		kind: choice("rule", POSITION_GRIDS),
		default: "official",
		group: "network",
		stage: "tokens",
		help: "how DINOv2's positions are fitted to the picture: as its own code does, or as transformers does",
	}),
	/** Replace tokens whose length is an outlier by the mean of their clean neighbours. @default false */
	repair: define<boolean>({
		kind: SWITCH,
		default: false,
		group: "quality",
		stage: "tokens",
		help: "replace tokens whose length is an outlier by the mean of their clean neighbours",
	}),
	/** Subtract what the network says of pictures without content at the same position, after the repair. @default false */
	debias: define<boolean>({
		kind: SWITCH,
		default: false,
		group: "quality",
		stage: "tokens",
		help: "subtract from the tokens what the network says of grey pictures at the same position",
	}),
	/** Cosine: tokens are scaled to length 1 before PCA. @default "euclidean" */
	metric: define<Metric>({
		kind: choice("metric", METRICS),
		default: "euclidean",
		group: "quality",
		stage: "clusters",
		help: "what makes patches alike: distance, or angle whatever the length of the tokens",
	}),
	/**
	 * What k-means begins with: "merge", 12 clusters or more of which the most alike become one until `clusters` are left, or
	 * "k-means++", drawn points. @default "merge"
	 */
	init: define<Initialisation>({
		kind: choice("start", INITIALISATIONS),
		default: "merge",
		group: "quality",
		stage: "clusters",
		appliesTo: "clusters",
		help: "what k-means begins with: more clusters of which the most alike merge, or drawn points",
	}),
	/** Independent starts of the first k-means; the best is kept. @default 1 */
	restarts: define<number>({
		kind: integer("count", RESTARTS),
		default: 1,
		group: "quality",
		stage: "clusters",
		appliesTo: "clusters",
		help: "starts of k-means; the best is kept",
	}),
	/** Seed of every random choice. @default 0 */
	seed: define<number>({
		kind: integer("number", { min: 0, max: 2 ** 32 - 1 }),
		default: 0,
		group: "quality",
		stage: "clusters",
		appliesTo: "clusters",
		help: "seed of every random choice",
	}),
	/** What is mapped to black and white before anything else. @default "auto" */
	stretch: define<StretchOption>({
		kind: stretch,
		default: "auto",
		group: "main",
		stage: "pixels",
		help: "what becomes black and white; auto stretches pictures above 8 bits",
	}),
	/** What a pixel of the original shows, for areas in physical units. @default "auto", what the file says */
	pixelSize: define<PixelSizeOption>({
		kind: pixelSize,
		default: "auto",
		group: "running",
		stage: "statistics",
		help: "size of a pixel, for areas in physical units; auto takes what a TIFF says",
	}),
	/** Page of a TIFF or frame of an animation, 1-based; "first" is the first, and warns if there are more. @default "first" */
	page: define<PageOption>({
		kind: integerOr("number", "first", PAGES),
		default: "first",
		group: "running",
		stage: "pixels",
		help: "page of a TIFF, or frame of a GIF or WebP; segment also takes 2..5, 1,4 and all, each an image of its own",
	}),
	/** Bands that become grey, or red, green and blue. @default "auto" */
	bands: define<BandsOption>({
		kind: bands,
		default: "auto",
		group: "quality",
		stage: "pixels",
		help: "bands of a satellite picture that become grey, or red, green and blue",
	}),
	/** Value of the pixels that belong to no segment, for they were not measured. @default "auto", what a TIFF says */
	nodata: define<NoDataOption>({
		kind: noData,
		default: "auto",
		group: "quality",
		stage: "pixels",
		help: "value of pixels that belong to no segment; auto takes what a TIFF says",
	}),
	/** Pixels of the original above which it is refused before decoding. @default 100 megapixels */
	maxPixels: define<number>({
		kind: integer("count", MAX_PIXELS),
		default: 100_000_000,
		group: "running",
		stage: "pixels",
		help: "refuse larger pictures before decoding them",
	}),
} as const;

/** The options that choose the network. They belong to a segmenter, not to one call. */
export const MODEL_OPTIONS = {
	/** `tiny`, a name on the hub, or a folder. @default "tiny" */
	model: define<string>({
		kind: text("name"),
		default: "tiny",
		group: "main",
		stage: "tokens",
		letter: "m",
		help: "tiny, dinov2-small|base|large|giant with or without -reg, dinov3-small|small-plus|base|large|huge-plus, owner/name, or a folder",
	}),
	/** Precision of the network. @default "fp32" */
	dtype: define<Dtype>({
		kind: choice("type", DTYPES),
		default: "fp32",
		group: "network",
		stage: "tokens",
		help: "precision of the network; int8 quantises the weights once",
	}),
	/** Execution provider of onnxruntime. @default "cpu" */
	device: define<string>({
		kind: text("name"),
		default: "cpu",
		group: "network",
		stage: "tokens",
		help: "execution provider of onnxruntime",
	}),
} as const;

/** All options, in the order of the records. */
export const ALL_OPTIONS = { ...MODEL_OPTIONS, ...OPTIONS } as const;

type ValueOf<D> = D extends OptionDefinition<infer T> ? T : never;

/** Everything that decides the result for one picture and one model. */
export type SegmentationOptions = { readonly [K in keyof typeof OPTIONS]: ValueOf<(typeof OPTIONS)[K]> };

/** What `createSegmenter` takes about the network. */
export type ModelOptions = { readonly [K in keyof typeof MODEL_OPTIONS]: ValueOf<(typeof MODEL_OPTIONS)[K]> };

export type OptionKey = keyof typeof ALL_OPTIONS;

/** The value of each option that nobody gave. */
export const DEFAULT_OPTIONS = defaultsOf(OPTIONS) as SegmentationOptions;
export const DEFAULT_MODEL_OPTIONS = defaultsOf(MODEL_OPTIONS) as ModelOptions;

function defaultsOf(record: Readonly<Record<string, OptionDefinition<unknown>>>): object {
	return Object.fromEntries(Object.entries(record).map(([key, definition]) => [key, definition.default]));
}

function define<T>(definition: OptionDefinition<T>): OptionDefinition<T> {
	return definition;
}
