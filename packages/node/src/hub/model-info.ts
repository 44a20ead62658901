import { open } from "node:fs/promises";
import { DinosegError } from "@dinoseg/core/errors";
import {
	createBlobHash,
	describeLicence,
	fileUrl,
	type HubContext,
	listRepoFiles,
	parseModelName,
	type RepoFile,
	requestJson,
	resolveRevision,
	selectCheckpoint,
} from "@dinoseg/core/hub";
import {
	type ModelConfig,
	parseModelConfig,
	parseSafetensorsHeader,
	safetensorsHeaderLength,
} from "@dinoseg/core/model";
import { type CachedModel, findCachedModel } from "./cached-models.ts";
import { type HubOptions, withHub } from "./context.ts";

/** The weights of one element type. */
export interface WeightsOfDtype {
	readonly dtype: string;
	readonly tensors: number;
	readonly parameters: number;
	readonly bytes: number;
}

/** What is known of a model of the hub. */
export interface ModelInfo {
	/** `owner/name`. */
	readonly repo: string;
	/** The commit. */
	readonly revision: string;
	readonly config: ModelConfig;
	/** Bytes of the checkpoint's files. */
	readonly files: readonly { readonly name: string; readonly bytes: number }[];
	readonly bytes: number;
	/** Element types with the most bytes first; undefined as long as the weights are not in the cache. */
	readonly weights: readonly WeightsOfDtype[] | undefined;
	/** Of the weights, for people: what is known of a model with a short name, else what the model's card tells the hub. */
	readonly licence: string | undefined;
	/** Where it lies in the cache, if it does. */
	readonly folder: string | undefined;
}

const HEADER_PREFIX_BYTES = 8;
const MAX_CONFIG_BYTES = 2 ** 20;

/**
 * Describe a model without fetching its weights. What is in the cache is read there; the hub is asked for the licence and
 * for what is not cached, and a hub that cannot be reached matters only then.
 *
 * @throws DinosegError MODEL_UNKNOWN, MODEL_NOT_CACHED (offline), MODEL_CONFIG_INVALID, HUB_*
 */
export async function modelInfo(name: string, options: HubOptions = {}): Promise<ModelInfo> {
	const model = parseModelName(name);
	if (model.kind === "bundled") {
		throw new DinosegError("OPTION_INVALID", `Model "${name}" comes with dinoseg and is on no hub.`, {
			details: { model: name },
		});
	}
	const cached = await findCachedModel(name, options);
	return withHub(options, async (context) => {
		if (cached !== undefined) {
			const licence = context.settings.offline
				? describeLicence(cached.repo, undefined)
				: await resolveRevision({ ...context, maxRetries: 0 }, cached.repo, cached.revision).then(
						(resolved) => resolved.licence,
						() => describeLicence(cached.repo, undefined),
					);
			return describeCached(cached, licence);
		}
		if (context.settings.offline) {
			throw new DinosegError(
				"MODEL_NOT_CACHED",
				`${name}: is not in ${context.settings.cacheFolder}, and HF_HUB_OFFLINE forbids to ask the hub. Unset it.`,
				{ details: { model: name, path: context.settings.cacheFolder } },
			);
		}
		const { commit, licence } = await resolveRevision(context, model.repo, model.revision);
		const { config, preprocessor, weights } = selectCheckpoint(
			await listRepoFiles(context, model.repo, commit),
			model.repo,
		);
		const files = [
			config,
			...(preprocessor === undefined ? [] : [preprocessor]),
			"index" in weights ? weights.index : weights,
		];
		return {
			repo: model.repo,
			revision: commit,
			config: parseModelConfig(await fetchText(context, model.repo, commit, config), `${model.repo}/${config.name}`),
			files: files.map(({ name: file, bytes }) => ({ name: file, bytes })),
			bytes: files.reduce((sum, file) => sum + file.bytes, 0),
			weights: undefined,
			licence,
			folder: undefined,
		};
	});
}

async function describeCached(cached: CachedModel, licence: string | undefined): Promise<ModelInfo> {
	const byDtype = new Map<string, { dtype: string; tensors: number; parameters: number; bytes: number }>();
	for (const file of cached.files.filter((each) => each.name.endsWith(".safetensors"))) {
		for (const { dtype, shape, length } of (await readHeader(file.path, file.bytes)).values()) {
			const sum = byDtype.get(dtype) ?? { dtype, tensors: 0, parameters: 0, bytes: 0 };
			sum.tensors++;
			sum.parameters += shape.reduce((product, size) => product * size, 1);
			sum.bytes += length;
			byDtype.set(dtype, sum);
		}
	}
	return {
		repo: cached.repo,
		revision: cached.revision,
		config: cached.config,
		files: cached.files.map(({ name, bytes }) => ({ name, bytes })),
		bytes: cached.bytes,
		weights: [...byDtype.values()].sort((a, b) => b.bytes - a.bytes),
		licence,
		folder: cached.folder,
	};
}

async function readHeader(path: string, bytes: number): Promise<ReturnType<typeof parseSafetensorsHeader>> {
	const file = await open(path);
	try {
		const first = Buffer.alloc(Math.min(HEADER_PREFIX_BYTES, bytes));
		await file.read(first, 0, first.length, 0);
		const header = Buffer.alloc(safetensorsHeaderLength(first, bytes, path));
		await file.read(header, 0, header.length, 0);
		return parseSafetensorsHeader(header, bytes, path);
	} finally {
		await file.close();
	}
}

async function fetchText(context: HubContext, repo: string, commit: string, file: RepoFile): Promise<string> {
	const subject = { repo, revision: commit, file: file.name };
	const url = fileUrl(context, repo, commit, file.name);
	const { text } = await requestJson(context, url, { subject, maxBytes: MAX_CONFIG_BYTES });
	const bytes = Buffer.from(text);
	const hash = createBlobHash(context.createHash, file.hash, bytes.length);
	hash.update(bytes);
	const actual = hash.digest("hex");
	if (actual !== file.hash) {
		throw new DinosegError(
			"HUB_HASH_MISMATCH",
			`${repo}: ${file.name} arrived with hash ${actual}, the hub lists ${file.hash}. Try again.`,
			{ details: { ...subject, expected: file.hash, actual } },
		);
	}
	return text;
}
