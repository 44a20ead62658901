import type { PlacedModel, PreprocessorConfig } from "../model/index.ts";
import type { ModelIdentity } from "../result/index.ts";

/** The model that an engine runs. */
export interface EngineModel extends ModelIdentity, PlacedModel {
	readonly preprocessor: PreprocessorConfig;
	/** What computes: another provider, or another version of the runtime, may round differently. */
	readonly executionProvider: string;
}
