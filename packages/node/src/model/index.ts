export { countOperations, estimateRunTime, type InputSide } from "./estimate-time.ts";
export { type LoadQuantisedOptions, loadQuantised, type QuantisedCheckpoint } from "./int8.ts";
export { type CompareDtypesOptions, compareDtypes, type DtypeComparison } from "./int8-compare.ts";
export { type LoadCheckpointOptions, type LoadedCheckpoint, loadCheckpoint } from "./load-checkpoint.ts";
export { type ModelDigestOptions, modelDigest } from "./model-digest.ts";
export { BUNDLED_MODEL, type ResolvedModel, type ResolveModelOptions, resolveModel } from "./resolve-model.ts";
