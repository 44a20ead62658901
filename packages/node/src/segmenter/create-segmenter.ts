import { availableParallelism, homedir } from "node:os";
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import {
	createStageRecorder,
	DinosegError,
	flattenTokens,
	isUniform,
	type RgbImage,
	resolveOptions,
	type SegmentationOptions,
	STAGES,
	type StageRecorder,
	segmentStatistics,
	segmentTokens,
	type TokenGrid,
	throwIfAborted,
} from "@dinoseg/core";
import { referenceKernels as kernels } from "@dinoseg/kernels";
import { cacheFolder, createTokenCache } from "../cache/index.ts";
import { loadCheckpoint, resolveModel } from "../model/index.ts";
import { computeTokens } from "./compute-tokens.ts";
import { createLazyNetwork } from "./lazy-network.ts";
import { openSource } from "./open-source.ts";
import type { SegmentCallOptions, Segmenter, SegmenterOptions, SegmentInput, SegmentResult, Timings } from "./types.ts";

/** Where tokens and digests are kept unless a caller says otherwise. */
export function defaultCacheFolder(): string {
	return cacheFolder({ env: process.env, platform: process.platform, home: homedir() });
}

/**
 * Get a model ready to segment pictures.
 *
 * The checkpoint is checked now; its weights are loaded at the first picture that is not in the token cache.
 *
 * @throws DinosegError MODEL_UNKNOWN, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID
 */
export async function createSegmenter(options: SegmenterOptions = {}): Promise<Segmenter> {
	const { threads = availableParallelism(), cache: useCache = true } = options;
	const caches = options.cacheFolder ?? defaultCacheFolder();
	const { name, folder, bundled } = await resolveModel(options.model ?? "tiny");
	const checkpoint = await loadCheckpoint(folder, { cacheFolder: useCache ? caches : undefined });
	const network = createLazyNetwork(checkpoint, threads);
	const cache = useCache ? createTokenCache({ folder: caches }) : undefined;
	const identity = {
		name: bundled ? name : basename(folder),
		digest: checkpoint.digest,
		revision: null,
		dtype: "fp32",
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
		return { signal, recorder, settings: resolveOptions(given) };
	};

	/** The part that `segment` and `features` share: from the encoded picture to its tokens. */
	const tokenize = async (
		input: SegmentInput,
		settings: SegmentationOptions,
		recorder: StageRecorder,
		signal: AbortSignal | undefined,
	) => {
		const source = await recorder.run("decode", () => openSource(input, settings));
		for (const warning of source.warnings) {
			recorder.warn(warning);
		}
		const computed = await computeTokens({ kernels, checkpoint, network, cache }, source, settings, recorder, signal);
		return { source, ...computed };
	};

	return {
		model: { ...identity, config: checkpoint.config },
		async segment(input, call = {}): Promise<SegmentResult> {
			const { signal, recorder, settings } = begin(call);
			const { source, blurred, tokens, loadMs } = await tokenize(input, settings, recorder, signal);
			const segmentation = await segmentTokens(kernels, clusteredTokens(tokens, blurred), settings, recorder, signal);
			const segments = await recorder.run("render", () => segmentStatistics(segmentation.labels, source.image));
			return {
				...segmentation,
				input: source.identity,
				model: identity,
				options: settings,
				image: source.image,
				blurred,
				tokens,
				segments,
				warnings: recorder.warnings,
				timings: completeTimings(recorder.timings, loadMs),
			};
		},
		async features(input, call = {}) {
			const { signal, recorder, settings } = begin(call);
			return (await tokenize(input, settings, recorder, signal)).tokens;
		},
		async dispose() {
			isDisposed = true;
			await network.close();
		},
	};
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
