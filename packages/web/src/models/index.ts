/**
 * Models of a hub in the browser's own file system, for a dedicated worker. Importing it does nothing: a browser that has
 * no such file system is told by the first call.
 */
export type { ModelStoreOptions, PullOptions } from "./hub-context.ts";
export { keepStoredModels } from "./keep-stored-models.ts";
export {
	createModelStore,
	type ModelStore,
	type OpenedModel,
	type StoredModel,
} from "./model-store.ts";
