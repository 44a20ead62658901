export {
	CODEBOOK_OPTION_KEYS,
	type CodebookOptionKey,
	type CodebookOptions,
	FIT_OPTION_KEYS,
	POINT_OPTION_KEYS,
} from "./codebook-options.ts";
export { type Bounds, type OptionKind, parseDecimal, type Written, type WrittenForm } from "./option-kind.ts";
export * from "./option-values.ts";
export * from "./options.ts";
export {
	AREA_PIXELS,
	AUTO_CLUSTERS,
	type BandsOption,
	CLUSTERS,
	type ClusterRange,
	type ClustersOption,
	clusterRange,
	clusterRangeKind,
	formatClusters,
	INPUT_SIDE,
	type InputSize,
	MAX_SWEEP,
	type MinimumArea,
	minimumPixels,
	type NoDataOption,
	PCA_COMPONENTS,
	type PcaOption,
	PERCENTILE,
	SMOOTHING_METHODS,
	type SmoothingMethod,
	type SmoothingOption,
	type StretchOption,
	smoothingBounds,
} from "./pipeline-kinds.ts";
export { LENGTH_UNITS, type LengthUnit, type PixelSize, type PixelSizeOption } from "./pixel-size.ts";
export { PRESET_NAMES, PRESETS, type Preset, type PresetName, withPreset } from "./presets.ts";
export {
	checkOption,
	checkSweepRange,
	formatOption,
	formatOptions,
	optionsFor,
	type PartialOptions,
	parseOption,
	parseOptions,
	parseSweepRange,
	readOptions,
	resolveOptions,
	type WrittenOptions,
} from "./resolve-options.ts";
