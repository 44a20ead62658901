import type { Kernels } from "@dinoseg/kernels";
import { cancellableKernels, throwIfAborted } from "../abort.ts";
import { STAGES } from "../events.ts";
import { isUniform, type RgbImage } from "../image/index.ts";
import { segmentPixels } from "../labels/background.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { segmentStatistics } from "../labels/statistics.ts";
import { type ClusterRange, checkSweepRange, clusterRange, type SegmentationOptions } from "../options/index.ts";
import type { InputIdentity, SegmentResult, Timings } from "../result/index.ts";
import {
	createStageRecorder,
	type ReducedTokens,
	type RegionSegmentation,
	reduceTokens,
	reductionFor,
	type StageRecorder,
	segmentReduced,
	sweepReduced,
	sweepRegions,
} from "../segment/index.ts";
import { flattenTokens, repairHighNormTokens, subtractPositionBias, type TokenGrid } from "../tensor/index.ts";
import { DEFAULT_MEMORY_BYTES, disposed, resolveForModel } from "./calls.ts";
import { type ComputedTokens, computeTokens } from "./compute-tokens.ts";
import type { Engine, RawPixels, SegmentCallOptions } from "./engine.ts";
import type { EngineModel } from "./engine-model.ts";
import type { CancelSignal, Decoder, Digest, Networks, TokenStore } from "./ports.ts";
import { isRawPixels, readRawPixels } from "./raw-pixels.ts";
import { createRecentMemory, rememberTokens } from "./recent-memory.ts";

/** What an engine takes from its surroundings. */
export interface EnginePorts<Input> {
	readonly kernels: Kernels;
	readonly decoder: Decoder<Input>;
	readonly networks: Networks;
	readonly digest: Digest;
	/** A monotonic clock, milliseconds. */
	now(): number;
	/** Let waiting events in between two stages, so that a cancel is seen. */
	yield(): Promise<void>;
}

export interface EngineOptions {
	/** Keeps tokens beyond the life of the engine. @default none */
	readonly tokenStore?: TokenStore | undefined;
	/**
	 * Bytes of tokens, and as many of tokens after PCA, that are kept in memory for further calls on the same pictures; 0
	 * keeps none. Position biases of networks take as much again. @default 64 MiB: some twelve pictures of ViT-L/14 at 518
	 */
	readonly memoryBytes?: number;
}

/** Make a segmenter of a model and of what surrounds it. It works in the thread that calls it. */
export function createEngine<Input>(
	model: EngineModel,
	ports: EnginePorts<Input>,
	{ tokenStore, memoryBytes = DEFAULT_MEMORY_BYTES }: EngineOptions = {},
): Engine<Input> {
	const { networks, decoder, digest } = ports;
	const { config, preprocessor: _, positionTable: __, executionProvider: ___, ...identity } = model;
	const keepsTokens = tokenStore !== undefined || memoryBytes > 0;
	const tokens = keepsTokens ? rememberTokens(tokenStore, createRecentMemory(tokenBytes, memoryBytes)) : undefined;
	// They belong to the network, not to a picture, and take four runs to make.
	const biases = tokens ?? rememberTokens(undefined, createRecentMemory(tokenBytes, DEFAULT_MEMORY_BYTES));
	const reductions = createRecentMemory(reductionBytes, memoryBytes);
	const computer = { model, networks, digest, tokens, biases };
	let isDisposed = false;

	const begin = (call: SegmentCallOptions) => {
		if (isDisposed) {
			throw disposed();
		}
		const { signal, onEvent, ...given } = call;
		throwIfAborted(signal);
		const recorder = createStageRecorder({ now: ports.now, yield: ports.yield, onEvent, signal });
		const kernels = cancellableKernels(ports.kernels, signal);
		return { signal, kernels, recorder, settings: resolveForModel(config, given) };
	};

	/** The part that all calls share: from the picture to its tokens. */
	const tokenize = async (
		input: Input | RawPixels,
		{ signal, kernels, recorder, settings }: Begun,
		leastClusters = leastTokens(settings),
	) => {
		const source = await recorder.run("decode", () =>
			isRawPixels(input) ? readRawPixels(input, settings, digest) : decoder.decode(input, settings, signal),
		);
		source.warnings.forEach(recorder.warn);
		const computed = await computeTokens({ ...computer, kernels }, source, settings, leastClusters, recorder, signal);
		return { source, ...computed };
	};

	/** The tokens after PCA, which the number of clusters does not change: from memory where they are known. */
	const reduce = async (tokenKey: string, grid: () => TokenGrid, { kernels, settings, recorder }: Begun) => {
		const reduction = { ...settings, ...reductionFor(settings) };
		const key = `${tokenKey} ${REDUCTION_KEYS.map((option) => reduction[option]).join(" ")}`;
		const known = reductions.get(key);
		if (known) {
			recorder.skip("pca");
			return known;
		}
		return recorder.run("pca", () => {
			const cleaned = grid();
			const reduced = reduceTokens(kernels, cleaned, reduction);
			// What is no more than the tokens is kept with them.
			if (reduced.points.data !== cleaned.data) {
				reductions.set(key, reduced);
			}
			return reduced;
		});
	};

	/** The part that `segment` and `sweep` share. */
	const segmentInput = async (input: Input | RawPixels, begun: Begun, leastClusters?: number) => {
		const { signal, kernels, recorder, settings } = begun;
		const { source, blurred, key, loadMs, ...network } = await tokenize(input, begun, leastClusters);
		const reduced = await reduce(key, () => clusteredTokens(cleanTokens(network, settings), blurred), begun);
		const { valid } = source;
		const context = { signal, picture: blurred, valid };
		const segmentation = await segmentReduced(kernels, network.tokens, reduced, settings, recorder, context);
		const segments = await recorder.run("render", () =>
			segmentStatistics(segmentation.labels, source.image, kernels.check),
		);
		let ownTokens: TokenGrid | undefined;
		const { sha256, path, page, image, georeference, stretch } = source;
		const pixelSize = settings.pixelSize === "auto" ? source.pixelSize : settings.pixelSize;
		const result: SegmentResult = {
			...segmentation,
			input: {
				path,
				sha256,
				width: image.width,
				height: image.height,
				...(page ? { page } : {}),
				...(stretch ? { stretch } : {}),
				...(georeference ? { georeference } : {}),
				...(pixelSize ? { pixelSize } : {}),
				...describeNoData(segmentation.labels, kernels.check),
			},
			model: identity,
			options: settings,
			image,
			blurred,
			// The engine keeps its own to itself: callers may write to theirs.
			tokens() {
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
		model: { ...identity, config },
		kernels: ports.kernels.name,
		validate(given) {
			resolveForModel(config, given);
		},
		async segment(input, call = {}) {
			return (await segmentInput(input, begin(call))).result;
		},
		async sweep(input, range: ClusterRange, call = {}) {
			checkSweepRange("range", range);
			const begun = begin(call);
			const { kernels, settings, recorder } = begun;
			if (settings.segments === "regions") {
				const { result, context } = await segmentInput(input, begun);
				const regions = result as RegionSegmentation;
				return { result, range, ...sweepRegions(kernels, regions, range, settings, recorder, context) };
			}
			const leastClusters = Math.max(range.min, leastTokens(settings));
			const { result, reduced, grid, context } = await segmentInput(input, begun, leastClusters);
			return { result, range, ...(await sweepReduced(kernels, grid, reduced, range, settings, recorder, context)) };
		},
		async features(input, call = {}) {
			const begun = begin(call);
			return copyTokens(cleanTokens(await tokenize(input, begun), begun.settings));
		},
		async dispose() {
			isDisposed = true;
			await networks.dispose();
		},
	};
}

/** What is known of the pixels that belong to no segment, where there are any. */
function describeNoData(labels: LabelMap, check: Kernels["check"]): Pick<InputIdentity, "noData"> {
	const { background, data } = labels;
	return background === undefined
		? {}
		: { noData: { id: background, pixels: data.length - segmentPixels(labels, check) } };
}

/** Tokens that a picture must have, one for each cluster. */
function leastTokens({ segments, clusters }: SegmentationOptions): number {
	return segments === "regions" ? 1 : clusterRange(clusters).min;
}

/** A call whose options are checked. */
interface Begun {
	readonly signal: CancelSignal | undefined;
	/** They look at the signal. */
	readonly kernels: Kernels;
	readonly recorder: StageRecorder;
	readonly settings: SegmentationOptions;
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

function tokenBytes({ data, norms }: TokenGrid): number {
	return data.byteLength + norms.byteLength;
}

function reductionBytes({ points, model }: ReducedTokens): number {
	return points.data.byteLength + (model?.components.byteLength ?? 0);
}

/** The same tokens in memory of their own. */
function copyTokens(grid: TokenGrid): TokenGrid {
	return { ...grid, data: grid.data.slice(), norms: grid.norms.slice() };
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
