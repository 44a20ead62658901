import { DEFAULT_OPTIONS, type PartialOptions, PRESETS } from "@dinoseg/core/options";

/** One way to segment. */
export interface Setting {
	readonly name: string;
	/** What differs from the defaults. */
	readonly options: PartialOptions;
	/**
	 * What is segmented: tokens of the network, the mean colour of each patch in their place, or the picture alone, by
	 * scikit-image's `felzenszwalb` at its best setting. @default "tokens"
	 */
	readonly features?: "tokens" | "color" | "felzenszwalb";
}

export interface SettingGroup {
	readonly title: string;
	/** In a sentence, what the table asks. */
	readonly question: string;
	/** Its first setting: what the others are compared with. */
	readonly settings: readonly [Setting, ...Setting[]];
}

/** What a user gets who gives no option. */
export const DEFAULT: Setting = { name: "default", options: {} };
export const REGIONS: Setting = { name: "regions", options: { segments: "regions" } };
/** On the bundled model. */
export const PAPER: Setting = { name: "the report's recipe", options: PRESETS.paper.options };
/** Of 16 settings the best one on the photographs of BSDS; it is not run where Python or scikit-image is missing. */
export const FELZENSZWALB: Setting = { name: "Felzenszwalb–Huttenlocher", options: {}, features: "felzenszwalb" };

/** Seeds of what depends on them. */
export const SEEDS = [0, 1, 2] as const;
export const SEEDED: readonly Setting[] = [DEFAULT, PAPER];

const clusters = (name: string, options: PartialOptions): Setting => ({ name, options });
const regions = (name: string, options: PartialOptions): Setting => ({
	name,
	options: { segments: "regions", ...options },
});
const share = (percent: number) => ({ share: percent / 100 });

/** The tables: a new setting is a line here. */
export const GROUPS: readonly SettingGroup[] = [
	{
		title: "Kinds of segments",
		question: "What is best for what, without a number and with one?",
		settings: [
			DEFAULT,
			REGIONS,
			FELZENSZWALB,
			PAPER,
			{ name: "colour in place of tokens", options: { pca: "off" }, features: "color" },
			clusters("3 clusters", { clusters: 3 }),
			clusters("4 clusters", { clusters: 4 }),
			clusters("6 clusters", { clusters: 6 }),
			clusters("8 clusters", { clusters: 8 }),
			regions("coarser regions", { detail: 40 }),
			regions("finer regions", { detail: 60 }),
			regions("8 regions", { clusters: 8 }),
			clusters("preset fast", PRESETS.fast.options),
		],
	},
	{
		title: "Clusters",
		question: "What does each part of the default do, and what else could be done?",
		settings: [
			DEFAULT,
			clusters("drawn start, 10 of them", { init: "k-means++", restarts: 10 }),
			clusters("10 starts", { restarts: 10 }),
			clusters("no averaging", { denoise: 0 }),
			clusters("averaging twice", { denoise: 2 }),
			clusters("no whitening", { whiten: 0 }),
			clusters("full whitening", { whiten: 1 }),
			clusters("no place", { position: 0 }),
			clusters("less place", { position: 0.2 }),
			clusters("no smoothing", { smooth: { method: "none" } }),
			clusters("median", { smooth: { method: "median" } }),
			clusters("majority", { smooth: { method: "majority" } }),
			clusters("guided, narrow", { smooth: { method: "guided", window: 65 } }),
			clusters("all small parts", { minArea: { pixels: 0 } }),
			clusters("no part below 1 %", { minArea: share(1) }),
			clusters("no PCA", { pca: "off" }),
			clusters("cosine", { metric: "cosine" }),
			clusters("repair", { repair: true }),
			clusters("debias", { debias: true }),
		],
	},
	{
		title: "Regions",
		question: "And of regions?",
		settings: [
			REGIONS,
			regions("no averaging", { denoise: 0 }),
			regions("averaging twice", { denoise: 2 }),
			regions("no whitening", { whiten: 0 }),
			regions("full whitening", { whiten: 1 }),
			regions("detail 45", { detail: 45 }),
			regions("detail 55", { detail: 55 }),
			regions("all small parts", { minArea: { pixels: 0 } }),
			regions("no part below 1 %", { minArea: share(1) }),
			regions("cosine", { metric: "cosine" }),
			regions("debias", { debias: true }),
		],
	},
	{
		title: "The network and its input",
		question: "For both kinds alike, shown on the default.",
		settings: [
			DEFAULT,
			clusters("no blur", { median: 0 }),
			clusters("blur 3", { median: 3 }),
			clusters("input 336", { inputSize: 336 }),
			clusters("input 602", { inputSize: 602 }),
			clusters("stride 10", { stride: 10 }),
			clusters("keys", { facet: "key" }),
			clusters("layer -2", { layer: [-2] }),
		],
	},
];

/** The options of a setting. Regions have no seed. */
export function optionsOf({ options }: Setting, seed: number): PartialOptions {
	return options.segments === "regions" || seed === DEFAULT_OPTIONS.seed ? options : { ...options, seed };
}
