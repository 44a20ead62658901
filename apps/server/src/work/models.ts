import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { KNOWN_MODELS } from "@dinoseg/core/hub";
import type { ModelConfig } from "@dinoseg/core/model";
import type { Dtype } from "@dinoseg/core/options";
import { findCachedModel, pullModel } from "@dinoseg/node";
import type { Segmenter, SegmenterOptions } from "@dinoseg/node/segmenter";
import type { JobTeller } from "./jobs.ts";

/** The model that comes with dinoseg. */
const BUNDLED = "tiny";

/** A model that the service can use. */
export interface ModelEntry {
	readonly name: string;
	/** `bundled`, `cached` on this machine, or to be `pulled` first. */
	readonly state: "bundled" | "cached" | "absent";
	/** Of the weights; null where only whoever runs the service knows. */
	readonly licence: string | null;
	/** Whether requests that name no model get it. */
	readonly isDefault: boolean;
}

/** What is known of a model's checkpoint. */
export interface ModelFacts {
	readonly digest: string;
	readonly config: ModelConfig;
}

export interface ModelsOptions {
	/** What requests get that name no model: a name, or a folder that only whoever runs the service can name. */
	readonly model: string;
	readonly dtype: Dtype;
	readonly device: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	/** An empty folder: names of models are not looked for among the files of the working folder. */
	readonly nowhere: string;
	/** As `createSegmenter`. */
	openSegmenter(options: SegmenterOptions): Promise<Segmenter>;
	/** Options of every segmenter. */
	readonly segmenter: Pick<SegmenterOptions, "threads" | "memoryBytes" | "cacheFolder" | "temporaryFiles">;
}

/** The models that clients can name: the default one, the bundled one, and those that have names on the hub. */
export interface Models {
	readonly defaultModel: string;
	readonly defaultDtype: Dtype;
	readonly device: string;
	list(): Promise<ModelEntry[]>;
	/** @throws DinosegError MODEL_UNKNOWN, MODEL_NOT_CACHED; of opening it */
	facts(model: string, dtype: Dtype): Promise<ModelFacts>;
	/** @param key as `keyOf`. @throws as `createSegmenter` */
	open(key: string): Promise<Segmenter>;
	/** Name of a model in a precision. */
	keyOf(model: string, dtype: Dtype): string;
	/** @throws DinosegError MODEL_UNKNOWN for what is no name on the hub. */
	checkPullable(model: string): void;
	/** Download a model. @throws as `pullModel` */
	pull(model: string, signal: AbortSignal, tell: JobTeller): Promise<void>;
}

/** Progress that is told of a download. */
const TOLD_STEPS = 100;

export function createModels(options: ModelsOptions): Models {
	const { model: givenModel, dtype: defaultDtype, device, env, cwd, nowhere } = options;
	// The path of a folder is nobody's business but of whoever runs the service.
	const isFolder = existsSync(resolve(cwd, givenModel));
	const defaultModel = isFolder ? basename(resolve(cwd, givenModel)) : givenModel;
	const known = new Map<string, Promise<ModelFacts>>();
	let looking: Promise<unknown> = Promise.resolve();
	const hubNames = KNOWN_MODELS.map(({ name }) => name);
	const licences = new Map([
		[BUNDLED, "apache-2.0"],
		...KNOWN_MODELS.map(({ name, licence }) => [name, licence] as const),
	]);
	const names = [...new Set([defaultModel, BUNDLED, ...hubNames])];

	const keyOf = (model: string, dtype: Dtype): string => JSON.stringify([model, dtype]);

	const open = async (key: string): Promise<Segmenter> => {
		const [model, dtype] = JSON.parse(key) as [string, Dtype];
		const isDefault = model === defaultModel;
		const segmenter = await options.openSegmenter({
			...options.segmenter,
			model: isDefault ? givenModel : model,
			dtype,
			device,
			hub: { env, cwd: isDefault ? cwd : nowhere },
		});
		const { digest, config } = segmenter.model;
		known.set(key, Promise.resolve({ digest, config }));
		return segmenter;
	};

	const stateOf = async (model: string): Promise<ModelEntry["state"]> => {
		if (model === BUNDLED) {
			return "bundled";
		}
		const isHere = model === defaultModel || (await findCachedModel(model, { env })) !== undefined;
		return isHere ? "cached" : "absent";
	};

	const unknown = (model: string, allowed: readonly string[]): DinosegError =>
		new DinosegError("MODEL_UNKNOWN", `Unknown model ${JSON.stringify(model)}. There are ${allowed.join(", ")}.`, {
			details: { model, allowed },
		});

	/** One at a time: each holds a model beside those of the workers. */
	const look = (key: string): Promise<ModelFacts> => {
		const own = looking.then(async () => {
			const segmenter = await open(key);
			const { digest, config } = segmenter.model;
			await segmenter.dispose();
			return { digest, config };
		});
		looking = own.catch(() => undefined);
		return own;
	};

	return {
		defaultModel,
		defaultDtype,
		device,
		list: () =>
			Promise.all(
				names.map(async (name) => ({
					name,
					state: await stateOf(name),
					licence: licences.get(name) ?? null,
					isDefault: name === defaultModel,
				})),
			),
		async facts(model, dtype) {
			if (!names.includes(model)) {
				throw unknown(model, names);
			}
			const key = keyOf(model, dtype);
			const found = known.get(key);
			if (found !== undefined) {
				return found;
			}
			if ((await stateOf(model)) === "absent") {
				throw new DinosegError(
					"MODEL_NOT_CACHED",
					`The model ${model} is not on the machine of the service. Send POST /v1/models/${model}/pull first.`,
					{ details: { model } },
				);
			}
			// All that ask at the same time wait for one.
			const facts = known.get(key) ?? look(key);
			known.set(key, facts);
			facts.catch(() => known.delete(key));
			return facts;
		},
		open,
		keyOf,
		checkPullable(model) {
			if (!hubNames.includes(model)) {
				throw unknown(model, hubNames);
			}
		},
		async pull(model, signal, tell) {
			tell({ type: "begin" });
			let told = -1;
			await pullModel(model, {
				env,
				signal,
				onEvent(event) {
					if (event.type !== "progress") {
						return;
					}
					const { bytes, total } = event;
					const step = Math.floor((TOLD_STEPS * bytes) / total);
					if (step > told) {
						told = step;
						tell({ type: "download", bytes, totalBytes: total });
					}
				},
			});
			for (const key of known.keys()) {
				if ((JSON.parse(key) as [string])[0] === model) {
					known.delete(key);
				}
			}
		},
	};
}
