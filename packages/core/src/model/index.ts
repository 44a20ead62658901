export type { Checkpoint, ModelConfig, PreprocessorConfig, TensorDtype, TensorEntry } from "./checkpoint.ts";
export { parseModelConfig } from "./config.ts";
export {
	patchPositionsEntry,
	positionTableSide,
	type RequiredTensor,
	requiredTensors,
	selectTensors,
} from "./layout.ts";
export { NETWORK_INPUTS, NETWORK_OUTPUTS } from "./network-ports.ts";
export { interpolatePositions, type PositionGridRule, positionGridRule } from "./position-grid.ts";
export { DEFAULT_PREPROCESSOR, parsePreprocessorConfig } from "./preprocessor.ts";
export { type QuantisedRows, quantiseRows } from "./quantise.ts";
export {
	layOutQuantisedFile,
	QUANTISED_FILE_VERSION,
	type QuantisedFile,
	type QuantisedFileOptions,
	type QuantisedPart,
} from "./quantised-file.ts";
export {
	floorBias,
	type QuantisedEntry,
	type QuantisedLinear,
	type QuantisedWeights,
	rowSums,
} from "./quantised-weights.ts";
export {
	parseSafetensorsHeader,
	type SafetensorsDtype,
	type SafetensorsEntry,
	safetensorsHeaderLength,
} from "./safetensors.ts";
export { type LocatedEntry, mergeShards, parseShardIndex, type ShardIndex } from "./shard-index.ts";
export { decodeTensorValues } from "./tensor-values.ts";
export { type NetworkVariant, resolveVariant, type VariantOptions } from "./variant.ts";
