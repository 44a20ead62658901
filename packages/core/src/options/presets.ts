import { DEFAULT_OPTIONS, type ModelOptions, type SegmentationOptions } from "./options.ts";
import { optionsFor, type PartialOptions } from "./resolve-options.ts";

/** A named set of options, with the model and the precision where they belong to it. */
export interface Preset extends Partial<ModelOptions> {
	readonly description: string;
	readonly options: Partial<SegmentationOptions>;
}

/** Named sets of options. What a user gives by hand wins over them. */
export const PRESETS = {
	fast: {
		description: "coarser tokens in half the time",
		options: { inputSize: 336 },
	},
	paper: {
		description: "the recipe of the report that dinoseg started from: DINOv2 ViT-L/14, k = 5",
		model: "dinov2-large",
		dtype: "fp32",
		options: {
			segments: "clusters",
			stretch: "none",
			nodata: "none",
			median: 5,
			inputSize: 518,
			pca: 0.99,
			clusters: 5,
			init: "k-means++",
			restarts: 10,
			denoise: 0,
			whiten: 0,
			position: 0,
			smooth: { method: "median", window: 15 },
			minArea: { pixels: 0 },
		},
	},
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** The options of a preset, beside others that win: what those leave nothing to decide is left away. */
export function withPreset(name: PresetName | undefined, given: PartialOptions): PartialOptions {
	const preset: Preset | undefined = name && PRESETS[name];
	const segments = given.segments ?? preset?.options.segments ?? DEFAULT_OPTIONS.segments;
	const { clusters, ...others } = optionsFor(segments, preset?.options ?? {});
	// A number beside a detail by hand would leave the detail nothing to decide.
	const filled = { ...others, ...(given.detail === undefined ? { clusters } : {}) };
	return { ...filled, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
