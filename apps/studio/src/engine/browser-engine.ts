/** The engine of the static build: decoding and networks run in the page itself, in a worker of their own. */

import { isDinosegError } from "@dinoseg/core/errors";
import { KNOWN_MODELS } from "@dinoseg/core/hub";
import { DEFAULT_MODEL_OPTIONS, OPTIONS, type OptionStage, type SegmentationOptions } from "@dinoseg/core/options";
import { createSegmenter, type Runtime, type Segmenter } from "@dinoseg/web";
import type { ModelStore, StoredModel } from "@dinoseg/web/models";
import type { Settings } from "../session/scene.ts";
import type { CreateEngine, EngineModel } from "./engine.ts";

/** Pixels that a page takes: it holds some copies of them, and a browser ends a page that takes too much memory. */
const MOST_PIXELS = 50_000_000;
/** Models of more bytes than a page can hold. */
const TOO_LARGE = /giant|huge/;

const BUNDLED: EngineModel = { name: DEFAULT_MODEL_OPTIONS.model, state: "bundled", licence: null, isDefault: true };

/** A network: a model in a precision. */
type Choice = Pick<Settings, "model" | "dtype">;

/** An engine that the page itself is. It has one model at a time: each takes memory of its own. */
export const createEngine: CreateEngine = ({ url: hubEndpoint }) => {
	let current: (Choice & { readonly segmenter: Promise<Segmenter> }) | undefined;
	let runtime: Runtime | undefined;
	let store: Promise<ModelStore> | undefined;

	const models = (): Promise<ModelStore> => {
		store ??= import("@dinoseg/web/models").then(({ createModelStore }) => createModelStore({ hubEndpoint }));
		return store;
	};

	/** Free what is there. Calls in progress come to their end. */
	const discard = async (): Promise<void> => {
		const former = current;
		current = undefined;
		runtime = undefined;
		await (await former?.segmenter.catch(() => undefined))?.dispose();
	};

	const segmenterOf = ({ model, dtype }: Choice): Promise<Segmenter> => {
		if (current?.model !== model || current.dtype !== dtype) {
			const freed = discard();
			const opening = async (): Promise<Segmenter> => {
				await freed;
				return createSegmenter({
					model,
					dtype,
					hubEndpoint,
					onRuntime: (found) => {
						runtime = found;
					},
				});
			};
			const segmenter = opening();
			current = { model, dtype, segmenter };
			segmenter.catch(() => {
				if (current?.segmenter === segmenter) {
					current = undefined;
				}
			});
		}
		return current.segmenter;
	};

	/** @throws DinosegError MODEL_UNKNOWN, MODEL_NOT_CACHED: a link may name any model, and nothing is downloaded unasked. */
	const findSegmenter = async (settings: Settings): Promise<Segmenter> => {
		if (settings.model !== BUNDLED.name) {
			await (await models()).open(settings.model);
		}
		return segmenterOf(settings);
	};

	/** Do something with a segmenter, and once more with another one if its worker ends meanwhile. */
	const attempt = async <T>(find: () => Promise<Segmenter>, work: (segmenter: Segmenter) => Promise<T>): Promise<T> => {
		const segmenter = await find();
		try {
			return await work(segmenter);
		} catch (error) {
			if (!isDinosegError(error) || error.code !== "INTERNAL") {
				throw error;
			}
			// Another call may have done so already.
			if ((await current?.segmenter.catch(() => undefined)) === segmenter) {
				await discard();
			}
			return work(await find());
		}
	};

	return {
		async models() {
			// Before the first picture comes. Who opens one is told of what fails.
			if (current === undefined) {
				segmenterOf(DEFAULT_MODEL_OPTIONS).catch(() => undefined);
			}
			// Where nothing can be stored, a download says why.
			const stored = await models()
				.then((each) => each.list())
				.catch(() => []);
			return [BUNDLED, ...hubModels(stored)];
		},
		async pull(model, onProgress, signal) {
			const { pull } = await models();
			await pull(model, {
				signal,
				onEvent: (event) => {
					if (event.type === "progress") {
						onProgress(event.bytes / event.total);
					}
				},
			});
		},
		async remove(model) {
			if (current?.model === model) {
				await discard();
			}
			await (await models()).remove(model);
		},
		// Any model decodes alike.
		open: (file, settings, { signal } = {}) =>
			attempt(
				async () => current?.segmenter ?? findSegmenter(settings),
				(segmenter) => segmenter.decode(file, { ...optionsOf(settings, ["pixels"]), signal }),
			),
		tokens: (_, file, settings, { signal } = {}) =>
			attempt(
				() => findSegmenter(settings),
				async (segmenter) => {
					const grid = await segmenter.features(file, { ...optionsOf(settings, ["pixels", "tokens"]), signal });
					const { config: _config, ...model } = segmenter.model;
					return { grid, model };
				},
			),
		runtime: () => runtime,
	};
};

/** The options that decide a stage. */
function optionsOf({ options }: Settings, stages: readonly OptionStage[]): Partial<SegmentationOptions> {
	const decided = Object.entries(options).filter(([key]) =>
		stages.includes(OPTIONS[key as keyof SegmentationOptions].stage),
	);
	return { ...Object.fromEntries(decided), maxPixels: Math.min(options.maxPixels, MOST_PIXELS) };
}

/** The models that the hub has, and those that are here, wholly or in part. */
function hubModels(stored: readonly StoredModel[]): EngineModel[] {
	const here = new Map(stored.map((model) => [model.name, model]));
	const licences = new Map(KNOWN_MODELS.map(({ name, licence }) => [name, licence]));
	const known = [...licences.keys()].filter((name) => !TOO_LARGE.test(name));
	return [...new Set([...known, ...here.keys()])].map((name) => {
		const { state, bytes } = here.get(name) ?? {};
		return {
			name,
			state: state === "whole" ? "cached" : "absent",
			licence: licences.get(name) ?? null,
			isDefault: false,
			...(bytes === undefined ? {} : { bytes }),
		};
	});
}
