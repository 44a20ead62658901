export { type AbsorbOptions, absorbSmallRegions } from "./absorb.ts";
export { refineScores } from "./crf/refine-scores.ts";
export { guidedFilter } from "./guided-filter.ts";
export {
	defaultSmoothWindow,
	type LabelSmoothingMethod,
	requirePicture,
	type SmoothOptions,
	smoothLabels,
} from "./smooth.ts";
export { clusterScores, type UpsampledLabels, type UpsampleOptions, upsampleLabels } from "./upsample.ts";
