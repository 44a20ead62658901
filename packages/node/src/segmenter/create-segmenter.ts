import { availableParallelism, homedir } from "node:os";
import { performance } from "node:perf_hooks";
import {
	checkInteger,
	checkSweepRange,
	clusterRange,
	createStageRecorder,
	DinosegError,
	flattenTokens,
	inputDimensions,
	isUniform,
	type ModelConfig,
	type PartialOptions,
	type ReducedTokens,
	type RgbImage,
	reduceTokens,
	repairHighNormTokens,
	resolveOptions,
	resolveVariant,
	type SegmentationOptions,
	STAGES,
	type StageRecorder,
	segmentReduced,
	segmentStatistics,
	subtractPositionBias,
	sweepReduced,
	type TokenGrid,
	throwIfAborted,
} from "@dinoseg/core";
import { loadKernels } from "@dinoseg/kernels";
import { cacheFolder, createTokenCache, type TokenCache } from "../cache/index.ts";
import { createTemporaryFiles } from "../files/index.ts";
import { startKernelHelpers } from "../kernels/index.ts";
import { loadCheckpoint, resolveModel } from "../model/index.ts";
import { checkDevice, DEFAULT_DEVICE } from "../session/index.ts";
import { checkSegmenterOptions } from "./check-options.ts";
import { type ComputedTokens, computeTokens } from "./compute-tokens.ts";
import { createLazyNetworks } from "./lazy-network.ts";
import { openSource } from "./open-source.ts";
import { createRecentMemory } from "./recent-memory.ts";
import { copyTokens, rememberTokens } from "./remember-tokens.ts";
import type { SegmentCallOptions, Segmenter, SegmenterOptions, SegmentInput, SegmentResult, Timings } from "./types.ts";

const COUNT_BOUNDS = { min: 1, max: 1024 };
/** The check of the input size does not depend on the picture's. */
const ANY_PICTURE = { width: 1, height: 1 };

/** Where tokens and digests are kept unless a caller says otherwise. */
export function defaultCacheFolder(): string {
	return cacheFolder({ env: process.env, platform: process.platform, home: homedir() });
}

/**
 * Get a model ready to segment pictures.
 *
 * A model of the hub is downloaded if it is not in the cache. The checkpoint is checked now; its weights are loaded at the first picture that is not in the token cache.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_UNKNOWN, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID;
 *   as `pullModel` for a model that has to be downloaded.
 */
export async function createSegmenter(options: SegmenterOptions = {}): Promise<Segmenter> {
	checkSegmenterOptions(options);
	const { dtype = "fp32", device = DEFAULT_DEVICE, sessions = 1, cache: useCache = true } = options;
	checkInteger("", "sessions", sessions, COUNT_BOUNDS);
	const threadsPerSession = options.threads ?? Math.max(1, Math.floor(availableParallelism() / sessions));
	checkInteger("", "threads", threadsPerSession, COUNT_BOUNDS);
	await checkDevice(device);
	const temporaryFiles = options.temporaryFiles ?? createTemporaryFiles();
	const caches = options.cacheFolder ?? defaultCacheFolder();
	const { name, folder, bundled, revision } = await resolveModel(options.model ?? "tiny", options.hub);
	const checkpoint = await loadCheckpoint(folder, { cacheFolder: useCache ? caches : undefined });
	const networks = createLazyNetworks(checkpoint, {
		dtype,
		device,
		sessions,
		threadsPerSession,
		cacheFolder: caches,
		temporaryFiles,
	});
	const cache = useCache
		? rememberTokens(createTokenCache({ folder: caches, temporaryFiles }), createRecentMemory(tokenBytes, KEPT_BYTES))
		: undefined;
	const helpers = startKernelHelpers(helpersFor(checkpoint.config, threadsPerSession));
	const kernels = await loadKernels({ helpers: helpers.threads });
	const reductions = useCache ? createRecentMemory(reductionBytes, KEPT_BYTES) : undefined;
	const biases = cache ?? rememberTokens(KEEPS_NOTHING, createRecentMemory(tokenBytes, KEPT_BYTES));
	const computer = { kernels, checkpoint, dtype, device, networks, cache, biases };
	const identity = {
		name,
		digest: checkpoint.digest,
		revision,
		dtype,
		bundled,
	} as const;
	let isDisposed = false;

	const begin = (call: SegmentCallOptions) => {
		if (isDisposed) {
			throw new DinosegError("DISPOSED", "This segmenter was disposed. Create a new one.");
		}
		const { signal, onEvent, ...given } = call;
		throwIfAborted(signal);
		const recorder = createStageRecorder({
			now: () => performance.now(),
			yield: () => new Promise((resolve) => setImmediate(resolve)),
			onEvent,
			signal,
		});
		return { signal, recorder, settings: resolveForModel(checkpoint.config, given) };
	};

	/** The part that `segment` and `features` share: from the encoded picture to its tokens. */
	const tokenize = async (
		input: SegmentInput,
		settings: SegmentationOptions,
		recorder: StageRecorder,
		signal: AbortSignal | undefined,
		leastClusters = clusterRange(settings.clusters).min,
	) => {
		const source = await recorder.run("decode", () => openSource(input, settings));
		for (const warning of source.warnings) {
			recorder.warn(warning);
		}
		const computed = await computeTokens(computer, source, settings, leastClusters, recorder, signal);
		return { source, ...computed };
	};

	/** The tokens after PCA, which the number of clusters does not change: from memory where they are known. */
	const reduce = async (key: string, grid: () => TokenGrid, settings: SegmentationOptions, recorder: StageRecorder) => {
		const known = reductions?.get(key);
		if (known) {
			recorder.skip("pca");
			return known;
		}
		return recorder.run("pca", () => {
			const tokens = grid();
			const reduced = reduceTokens(kernels, tokens, settings);
			// What is no more than the tokens is kept with them.
			if (reduced.points.data !== tokens.data) {
				reductions?.set(key, reduced);
			}
			return reduced;
		});
	};

	/** The part that `segment` and `sweep` share. */
	const segmentInput = async (
		input: SegmentInput,
		{ signal, recorder, settings }: ReturnType<typeof begin>,
		leastClusters?: number,
	) => {
		const { source, blurred, key, loadMs, ...network } = await tokenize(
			input,
			settings,
			recorder,
			signal,
			leastClusters,
		);
		const reduced = await reduce(
			`${key} ${REDUCTION_KEYS.map((option) => settings[option]).join(" ")}`,
			() => clusteredTokens(cleanTokens(network, settings), blurred),
			settings,
			recorder,
		);
		const context = { signal, picture: blurred };
		const segmentation = await segmentReduced(kernels, network.tokens, reduced, settings, recorder, context);
		let ownTokens: TokenGrid | undefined;
		const segments = await recorder.run("render", () => segmentStatistics(segmentation.labels, source.image));
		const result: SegmentResult = {
			...segmentation,
			input: source.identity,
			model: identity,
			options: settings,
			image: source.image,
			blurred,
			// The segmenter keeps its own to itself: callers may write to theirs.
			get tokens() {
				ownTokens ??= copyTokens(cleanTokens(network, settings));
				return ownTokens;
			},
			segments,
			warnings: recorder.warnings,
			timings: completeTimings(recorder.timings, loadMs),
		};
		return { result, reduced, grid: network.tokens, context };
	};

	return {
		model: { ...identity, config: checkpoint.config },
		kernels: kernels.name,
		validate(given) {
			resolveForModel(checkpoint.config, given);
		},
		async segment(input, call = {}) {
			return (await segmentInput(input, begin(call))).result;
		},
		async sweep(input, range, call = {}) {
			checkSweepRange("range", range);
			const begun = begin(call);
			const { settings, recorder } = begun;
			const leastClusters = Math.max(range.min, clusterRange(settings.clusters).min);
			const { result, reduced, grid, context } = await segmentInput(input, begun, leastClusters);
			return { result, ...(await sweepReduced(kernels, grid, reduced, range, settings, recorder, context)) };
		},
		async features(input, call = {}) {
			const { signal, recorder, settings } = begin(call);
			return copyTokens(cleanTokens(await tokenize(input, settings, recorder, signal), settings));
		},
		async dispose() {
			isDisposed = true;
			await Promise.all([networks.close(), helpers.stop()]);
		},
	};
}

/** Size of tokens from which on PCA takes so long that threads can share it. */
const LARGE_TOKENS = 256;

/** Beyond these the parts that one thread has to do itself take most of the time. */
const MOST_HELPERS = 3;

function helpersFor({ hiddenSize }: ModelConfig, threads: number): number {
	return hiddenSize < LARGE_TOKENS ? 0 : Math.min(threads - 1, MOST_HELPERS);
}

/** The options that decide what is clustered, beside those that decide the tokens. */
const REDUCTION_KEYS = [
	"repair",
	"debias",
	"pca",
	"metric",
	"denoise",
	"whiten",
	"position",
] as const satisfies readonly (keyof SegmentationOptions)[];

/** Bytes of tokens, and of tokens after PCA, that a segmenter keeps: some twelve pictures of ViT-L/14 at 518. */
const KEPT_BYTES = 64 * 2 ** 20;

function tokenBytes({ data, norms }: TokenGrid): number {
	return data.byteLength + norms.byteLength;
}

function reductionBytes({ points, model }: ReducedTokens): number {
	return points.data.byteLength + (model?.components.byteLength ?? 0);
}

/** The token cache of a segmenter that has none. */
const KEEPS_NOTHING: TokenCache = { get: async () => undefined, set: async () => undefined };

/** The options of a call, checked as far as that is possible without a picture. */
function resolveForModel(config: ModelConfig, given: PartialOptions): SegmentationOptions {
	const settings = resolveOptions(given);
	resolveVariant(config, settings);
	inputDimensions(ANY_PICTURE, settings.inputSize, config.patchSize);
	return settings;
}

/** The tokens without their artefacts, as far as the options ask for that. */
function cleanTokens(
	{ tokens, positionBias }: Pick<ComputedTokens, "tokens" | "positionBias">,
	{ repair }: SegmentationOptions,
): TokenGrid {
	const repaired = repair ? repairHighNormTokens(tokens) : tokens;
	return positionBias ? subtractPositionBias(repaired, positionBias) : repaired;
}

/** The tokens of a picture of one colour differ by their position only, and make one segment. */
function clusteredTokens(tokens: TokenGrid, picture: RgbImage): TokenGrid {
	return isUniform(picture) ? flattenTokens(tokens) : tokens;
}

/** All stages in their order, those that did not run with 0. */
function completeTimings(timings: StageRecorder["timings"], load: number): Timings {
	const stages = Object.fromEntries(STAGES.map((stage) => [stage, timings[stage] ?? 0]));
	const total = Object.values(stages).reduce((sum, value) => sum + value, 0);
	return { load, ...stages, total } as Timings;
}
