export { type AbsorbOptions, absorbSmallRegions } from "./absorb.ts";
export { guidedFilter } from "./guided-filter.ts";
export {
	defaultSmoothWindow,
	requirePicture,
	type SmoothOptions,
	smoothLabels,
} from "./smooth.ts";
export { clusterScores, type UpsampledLabels, type UpsampleOptions, upsampleLabels } from "./upsample.ts";
