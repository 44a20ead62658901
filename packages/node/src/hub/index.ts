export { type CachedFile, type CachedModel, findCachedModel, listCachedModels } from "./cached-models.ts";
export type { HubClock, HubEvent, HubListener, HubOptions } from "./context.ts";
export type { HubFetch, HubRequest } from "./hub-fetch.ts";
export { type ModelInfo, modelInfo, type WeightsOfDtype } from "./model-info.ts";
export { DEFAULT_REVISION, KNOWN_MODELS, type KnownModel, type ModelName, parseModelName } from "./names.ts";
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
