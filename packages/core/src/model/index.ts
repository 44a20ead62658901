export type { Checkpoint, ModelConfig, PreprocessorConfig, TensorDtype, TensorEntry } from "./checkpoint.ts";
export { parseModelConfig } from "./config.ts";
export { placeInputs, placeRule, placeTables, requiredTensors } from "./families.ts";
export type { PlacedModel, PlaceOptions } from "./family.ts";
export { modelDigestText } from "./model-digest.ts";
export { NETWORK_OUTPUTS, type NetworkTensor, PIXELS_INPUT, type PlaceInputs } from "./network-ports.ts";
export { DEFAULT_PREPROCESSOR, parsePreprocessorConfig, preprocessorOfConfig } from "./preprocessor.ts";
export { type QuantisedRows, quantiseRows } from "./quantise.ts";
export { quantisedBytes, type ReadWeights } from "./quantised-bytes.ts";
export {
	layOutQuantisedFile,
	QUANTISED_FILE_VERSION,
	type QuantisedFile,
	type QuantisedFileOptions,
	type QuantisedPart,
} from "./quantised-file.ts";
export type {
	QuantisedEntry,
	QuantisedLinear,
	QuantisedWeights,
} from "./quantised-weights.ts";
export {
	parseSafetensorsHeader,
	type SafetensorsDtype,
	type SafetensorsEntry,
	safetensorsHeaderLength,
} from "./safetensors.ts";
export { selectTensors } from "./select-tensors.ts";
export { type LocatedEntry, mergeShards, parseShardIndex, type ShardIndex } from "./shard-index.ts";
export { decodeTensorValues } from "./tensor-values.ts";
export { type NetworkVariant, resolveVariant, type VariantOptions } from "./variant.ts";
