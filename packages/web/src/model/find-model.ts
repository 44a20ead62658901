import { isDinosegError } from "@dinoseg/core/errors";
import { createModelStore, type ModelStoreOptions, type OpenedModel } from "../models/index.ts";
import { BUNDLED_MODEL, type DownloadListener, fetchBundledModel, fetchModel } from "./fetch-model.ts";
import type { ModelFiles } from "./model-files.ts";

export type { DownloadListener } from "./fetch-model.ts";

export interface FindModelOptions {
	readonly hubEndpoint: string;
	readonly onDownload: DownloadListener;
}

/**
 * Get the files of a model: the bundled one, one of a folder of a server, one of the hub. The latter is downloaded once;
 * then it is there without asking whether its branch has moved, as on Node.
 *
 * @param model `tiny`, the address of a folder, or a name.
 * @throws DinosegError MODEL_UNKNOWN, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, OPTION_INVALID, HUB_*, CACHE_*
 */
export async function findModel(model: string, { hubEndpoint, onDownload }: FindModelOptions): Promise<ModelFiles> {
	if (model === BUNDLED_MODEL) {
		return fetchBundledModel(onDownload);
	}
	if (/^https?:/.test(model)) {
		return fetchModel(new URL(model), onDownload);
	}
	return { ...(await openOrPull(model, { hubEndpoint }, onDownload)), bundled: false };
}

async function openOrPull(
	model: string,
	options: ModelStoreOptions,
	onDownload: DownloadListener,
): Promise<OpenedModel> {
	const store = createModelStore(options);
	try {
		return await store.open(model);
	} catch (error) {
		if (!isDinosegError(error) || error.code !== "MODEL_NOT_CACHED") {
			throw error;
		}
	}
	await store.pull(model, {
		onEvent: (event) => {
			if (event.type === "progress") {
				onDownload(event.bytes, event.total);
			}
		},
	});
	return store.open(model);
}
