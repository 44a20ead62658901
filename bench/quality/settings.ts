import {
	CRITERIA,
	DEFAULT_OPTIONS,
	type PartialOptions,
	PRESETS,
	type SegmentationOptions,
} from "@dinoseg/core/options";

/** One way to segment, to be compared with the plain recipe. */
export interface Setting {
	readonly name: string;
	/** What one could expect of it. */
	readonly why: string;
	/** What the plain recipe does not have. Without `clusters` the K of the run is taken. */
	readonly options: PartialOptions;
	/** What is clustered: tokens of the network, or the mean colour of each patch. @default "tokens" */
	readonly features?: "tokens" | "color";
	/** True for those that are also run with other seeds. @default false */
	readonly isMain?: boolean;
}

export interface SettingGroup {
	readonly title: string;
	readonly settings: readonly Setting[];
}

/** The recipe that dinoseg started from, every option written out: it stays as it is when defaults change. */
export const PLAIN_OPTIONS: Omit<SegmentationOptions, "clusters"> = {
	segments: "clusters",
	detail: DEFAULT_OPTIONS.detail,
	inputSize: 518,
	median: 5,
	criterion: DEFAULT_OPTIONS.criterion,
	pca: 0.99,
	denoise: 0,
	whiten: 0,
	position: 0,
	smooth: { method: "median", window: 15 },
	minArea: { pixels: 0 },
	stretch: "none",
	facet: "token",
	layer: [-1],
	stride: "patch",
	positionGrid: "official",
	repair: false,
	debias: false,
	metric: "euclidean",
	restarts: 10,
	seed: 0,
	maxPixels: DEFAULT_OPTIONS.maxPixels,
};

export const CLUSTER_COUNTS = [3, 4, 5, 6, 8] as const;
/** Seeds of the main settings. */
export const SEEDS = [0, 1, 2] as const;

/** What all others are compared with. */
export const PLAIN: Setting = { name: "plain recipe", why: "the reference", options: {}, isMain: true };
/** What a user gets who gives no option. */
export const DEFAULT: Setting = { name: "default", why: "no option given", options: DEFAULT_OPTIONS, isMain: true };
export const COLOR: Setting = {
	name: "colour only",
	why: "the mean CIELAB colour of each patch in place of its token: is the network worth its time?",
	options: {},
	features: "color",
	isMain: true,
};

/** The default with the number of clusters of the run, less one of its parts or with more. */
const fromDefault = (options: PartialOptions): PartialOptions => {
	const { clusters: _own, ...rest } = DEFAULT_OPTIONS;
	return { ...rest, ...options };
};
const one = (minimum: number) => ({ share: minimum / 100 });
const guided = { method: "guided" } as const;

/** The table: a new setting is a line here. */
export const GROUPS: readonly SettingGroup[] = [
	{
		title: "The default, its parts and the presets",
		settings: [
			DEFAULT,
			{ name: "default, same k", why: "the default beside the plain recipe", options: fromDefault({}), isMain: true },
			{ name: "without denoise", why: "is averaging worth it?", options: fromDefault({ denoise: 0 }) },
			{ name: "without whiten", why: "is whitening worth it?", options: fromDefault({ whiten: 0 }) },
			{ name: "without position", why: "is position worth it?", options: fromDefault({ position: 0 }) },
			{ name: "without guided", why: "the old smoothing", options: fromDefault({ smooth: { method: "median" } }) },
			{ name: "with whiten 1", why: "all components alike", options: fromDefault({ whiten: 1 }) },
			{ name: "with min-area 1 %", why: "no crumbs", options: fromDefault({ minArea: one(1) }) },
			{ name: "with repair", why: "outliers mislead", options: fromDefault({ repair: true }) },
			{ name: "with debias", why: "position should not count", options: fromDefault({ debias: true }) },
			{ name: "preset fast", why: "less time", options: fromDefault(PRESETS.fast.options), isMain: true },
			{ name: "preset texture", why: "parts that are small textures", options: fromDefault(PRESETS.texture.options) },
		],
	},
	{
		title: "Choice of k, else the default",
		settings: CRITERIA.map((criterion) => ({
			name: `auto, ${criterion}`,
			why: "k for each photograph",
			options: { ...DEFAULT_OPTIONS, clusters: "auto" as const, criterion },
			isMain: criterion === DEFAULT_OPTIONS.criterion,
		})),
	},
	{
		title: "Borders",
		settings: [
			{ name: "no smoothing", why: "is smoothing worth it?", options: { smooth: { method: "none" } } },
			{ name: "median 25", why: "calmer borders", options: { smooth: { method: "median", window: 25 } } },
			{
				name: "majority 15",
				why: "no third label between two",
				options: { smooth: { method: "majority", window: 15 } },
			},
			{ name: "guided 33", why: "borders on edges", options: { smooth: { method: "guided", window: 33 } } },
			{ name: "guided", why: "borders on edges, seven patches wide", options: { smooth: guided } },
			{ name: "guided 97", why: "borders on edges, far off", options: { smooth: { method: "guided", window: 97 } } },
		],
	},
	{
		title: "Small regions",
		settings: [
			{ name: "median, 1 %", why: "no crumbs", options: { minArea: one(1) } },
			{ name: "median, 2 %", why: "no crumbs", options: { minArea: one(2) } },
			{ name: "guided, 1 %", why: "edges without crumbs", options: { smooth: guided, minArea: one(1) } },
		],
	},
	{
		title: "More or fewer tokens",
		settings: [
			{ name: "stride 10", why: "tokens half a patch apart, nearly", options: { stride: 10 } },
			{ name: "stride 7", why: "tokens half a patch apart", options: { stride: 7 } },
			{ name: "input 336", why: "faster, coarser", options: { inputSize: 336 } },
			{ name: "input 448", why: "faster, coarser", options: { inputSize: 448 } },
			{ name: "input 602", why: "finer tokens", options: { inputSize: 602 } },
		],
	},
	{
		title: "Median blur before the network",
		settings: [
			{ name: "no blur", why: "clean photographs may need none", options: { median: 0 } },
			{ name: "blur 3", why: "less detail lost", options: { median: 3 } },
			{ name: "blur 7", why: "less texture", options: { median: 7 } },
		],
	},
	{
		title: "What is clustered",
		settings: [
			{ name: "denoise", why: "a mean over alike neighbours", options: { denoise: 2 } },
			{ name: "whiten", why: "more weight for weak components", options: { whiten: 0.5 } },
			{ name: "position", why: "what is near belongs together", options: { position: 0.4 } },
			{ name: "repair", why: "outliers mislead", options: { repair: true } },
			{ name: "debias", why: "position should not count", options: { debias: true } },
			{ name: "90 % of the variance", why: "fewer components, less noise", options: { pca: 0.9 } },
			{ name: "95 % of the variance", why: "fewer components, less noise", options: { pca: 0.95 } },
			{ name: "no PCA", why: "is PCA worth it?", options: { pca: "off" } },
			{ name: "cosine", why: "the length of a token may be noise", options: { metric: "cosine" } },
			{ name: "keys", why: "keys of the attention are said to follow parts", options: { facet: "key" } },
			{ name: "queries", why: "another view of the attention", options: { facet: "query" } },
			{ name: "values", why: "another view of the attention", options: { facet: "value" } },
			{ name: "layer -2", why: "earlier layers see more texture", options: { layer: [-2] } },
			{ name: "layers -4 and -1", why: "texture and meaning", options: { layer: [-4, -1] } },
		],
	},
];

/** The options of a setting, all of them. @param clusters where the setting names none. */
export function optionsOf({ options }: Setting, clusters: number, seed: number): PartialOptions {
	return { clusters, ...PLAIN_OPTIONS, ...options, seed };
}
