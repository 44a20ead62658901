export { type CachedFile, type CachedModel, findCachedModel, listCachedModels } from "./cached-models.ts";
export type { HubOptions } from "./context.ts";
export { type ModelInfo, modelInfo, type WeightsOfDtype } from "./model-info.ts";
export { type PullOptions, pullModel } from "./pull-model.ts";
export { type RemovedModel, removeModel } from "./remove-model.ts";
export {
	type HubSettings,
	type HubSettingsOptions,
	hubCacheFolder,
	type ProxySettings,
	readHubSettings,
} from "./settings.ts";
export { type VerifiedFile, type VerifyOptions, verifyModel } from "./verify-model.ts";
