export {
	formatOptions,
	type OptionsText,
	parseInputSize,
	parseMinimumArea,
	parseNumber,
	parsePca,
	parseSmoothing,
	parseStretch,
} from "./option-text.ts";
export {
	DEFAULT_OPTIONS,
	FACETS,
	type Facet,
	type InputSize,
	type MinimumArea,
	OPTION_BOUNDS,
	type PcaOption,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	type SmoothingMethod,
	type SmoothingOption,
} from "./options.ts";
export { type OptionNaming, type PartialOptions, resolveOptions } from "./resolve-options.ts";
