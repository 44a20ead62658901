import type { ModelConfig, PreprocessorConfig } from "../model/index.ts";
import type { ModelIdentity } from "../result/index.ts";

/** The model that an engine runs. */
export interface EngineModel extends ModelIdentity {
	readonly config: ModelConfig;
	readonly preprocessor: PreprocessorConfig;
	/** Without the class token's row. Shape (side * side, hidden). */
	readonly positionTable: Float32Array;
	/** What computes: another provider, or another version of the runtime, may round differently. */
	readonly executionProvider: string;
}
