export { type LoadCheckpointOptions, type LoadedCheckpoint, loadCheckpoint } from "./load-checkpoint.ts";
export { type ModelDigestOptions, modelDigest } from "./model-digest.ts";
export { BUNDLED_MODEL, type ResolvedModel, type ResolveModelOptions, resolveModel } from "./resolve-model.ts";
