import type { ModelOptions, SegmentationOptions } from "./options.ts";

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
