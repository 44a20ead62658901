export type { Checkpoint, ModelConfig, PreprocessorConfig, TensorDtype, TensorEntry } from "./checkpoint.ts";
export { parseModelConfig } from "./config.ts";
export { buildNetworkGraph, NETWORK_INPUTS, NETWORK_OUTPUTS } from "./graph.ts";
export {
	patchPositionsEntry,
	positionTableSide,
	type RequiredTensor,
	requiredTensors,
	selectTensors,
} from "./layout.ts";
export { interpolatePositions, type PositionGridRule } from "./position-grid.ts";
export { DEFAULT_PREPROCESSOR, parsePreprocessorConfig } from "./preprocessor.ts";
export {
	parseSafetensorsHeader,
	type SafetensorsDtype,
	type SafetensorsEntry,
	safetensorsHeaderLength,
} from "./safetensors.ts";
export { decodeTensorValues } from "./tensor-values.ts";
