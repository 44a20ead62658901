export {
	formatOptions,
	type OptionsText,
	parseInputSize,
	parseLayers,
	parseMinimumArea,
	parseNumber,
	parsePca,
	parseSmoothing,
	parseStretch,
} from "./option-text.ts";
export {
	DEFAULT_OPTIONS,
	DTYPES,
	type Dtype,
	FACETS,
	type Facet,
	type InputSize,
	METRICS,
	type Metric,
	type MinimumArea,
	OPTION_BOUNDS,
	type PcaOption,
	POSITION_GRIDS,
	type PositionGrid,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	type SmoothingMethod,
	type SmoothingOption,
	smoothingBounds,
} from "./options.ts";
export { PRESET_NAMES, PRESETS, type Preset, type PresetName } from "./presets.ts";
export { type OptionNaming, type PartialOptions, resolveOptions } from "./resolve-options.ts";
