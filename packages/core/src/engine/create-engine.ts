import type { Kernels } from "@dinoseg/kernels";
import { cancellableKernels, throwIfAborted } from "../abort.ts";
import type { KeptWalk, MergingStep } from "../cluster/index.ts";
import {
	checkAlike,
	codebookDigest,
	codebookOptions,
	fitCodebook,
	optionsWithCodebook,
	summarisePicture,
	updateCodebook,
} from "../codebook/index.ts";
import { DinosegError, isDinosegError } from "../errors/index.ts";
import type { RgbImage } from "../image/index.ts";
import { type ClusterRange, checkSweepRange, clusterRange, type SegmentationOptions } from "../options/index.ts";
import {
	createStageRecorder,
	type ReducedTokens,
	type RegionSegmentation,
	reduceTokens,
	reductionFor,
	segmentByCodebook,
	segmentReduced,
	sweepReduced,
	sweepRegions,
} from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { Begun, Tokenized } from "./begun.ts";
import { DEFAULT_MEMORY_BYTES, disposed, resolveForModel } from "./calls.ts";
import { cleanTokens, clusteredTokens, copyTokens } from "./clean-tokens.ts";
import { computeTokens } from "./compute-tokens.ts";
import type { Engine, RawPixels, SegmentCallOptions } from "./engine.ts";
import type { EngineModel } from "./engine-model.ts";
import { makeResult } from "./make-result.ts";
import { createPictureMemory } from "./picture-memory.ts";
import type { DecodedImage, Decoder, Digest, Networks, TokenStore } from "./ports.ts";
import { isRawPixels, readRawPixels } from "./raw-pixels.ts";
import { createRecentMemory, rememberTokens } from "./recent-memory.ts";
import { rememberPixels } from "./remember-pixels.ts";
import { reductionKey, walkKey } from "./token-key.ts";

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
	 * Bytes of tokens, as many of tokens after PCA, and a quarter each of decoded pictures, of blurred ones and of
	 * clusterings, that are kept in memory for further calls on the same pictures; 0 keeps none. Position biases of
	 * networks take as much again as tokens.
	 *
	 * @default 64 MiB: some twelve pictures of ViT-L/14 at 518
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
	const walks = createRecentMemory(walkBytes, memoryBytes / SMALL_PART);
	const readFile = rememberPixels(decoder, createPictureMemory(memoryBytes / SMALL_PART));
	const blurs = createPictureMemory<{ readonly image: RgbImage }>(memoryBytes / SMALL_PART);
	const computer = { model, networks, digest, blurs, tokens, biases };
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
			isRawPixels(input) ? readRawPixels(input, settings, digest) : readFile(input, settings, signal),
		);
		source.warnings.forEach(recorder.warn);
		const computed = await computeTokens({ ...computer, kernels }, source, settings, leastClusters, recorder, signal);
		return { source, ...computed };
	};

	/** The tokens after PCA, which the number of clusters does not change: from memory where they are known. */
	const reduce = async (key: string, grid: () => TokenGrid, { kernels, settings, recorder }: Begun) => {
		const reduction = { ...settings, ...reductionFor(settings) };
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
		const tokenized = await tokenize(input, begun, leastClusters);
		const { source, blurred, key: tokenKey, loadMs: _, ...network } = tokenized;
		const key = reductionKey(tokenKey, settings);
		const reduced = await reduce(key, () => clusteredTokens(cleanTokens(network, settings), blurred), begun);
		const keyOfWalk = walkKey(key, settings);
		const walk: KeptWalk = { get: () => walks.get(keyOfWalk), set: (steps) => walks.set(keyOfWalk, steps) };
		const context = { signal, picture: blurred, valid: source.valid, walk };
		const segmentation = await segmentReduced(kernels, network.tokens, reduced, settings, recorder, context);
		return {
			result: await makeResult(identity, tokenized, segmentation, begun),
			reduced,
			grid: network.tokens,
			context,
		};
	};

	/** The tokens of a picture, as a codebook takes them. */
	const prepare = async (input: Input | RawPixels, begun: Begun) => {
		const tokenized = await tokenize(input, begun, 1);
		const grid = clusteredTokens(cleanTokens(tokenized, begun.settings), tokenized.blurred);
		return { tokenized, grid, picture: tokenized.blurred, valid: tokenized.source.valid };
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
		async apply(input, codebook, call = {}) {
			checkAlike("apply", codebook, { model: identity, options: codebook.options });
			const { beside = [], ...own } = call;
			const options = optionsWithCodebook(own, codebook);
			const begun = begin(options);
			const { signal, kernels, recorder, settings } = begun;
			const { tokenized, grid, picture, valid } = await prepare(input, begun);
			const others: TokenGrid[] = [];
			for (const { input: other, page = settings.page } of beside) {
				// What is to be told of it is told with its own result.
				const frame = await prepare(other, begin({ ...options, page, onEvent: undefined })).catch(withoutBadFrame);
				if (frame !== undefined) {
					checkFrame(frame.tokenized, tokenized);
					others.push(frame.grid);
				}
			}
			const { unlike, ...segmentation } = await segmentByCodebook(
				kernels,
				grid,
				codebook,
				settings,
				recorder,
				{ signal, picture, valid },
				others,
			);
			const { clusters } = codebook;
			const applied = {
				digest: await codebookDigest(codebook, digest),
				clusters,
				unlike,
				steady: beside.length > 0,
			};
			return {
				...(await makeResult(identity, tokenized, segmentation, begun)),
				codebook: applied,
				names: codebook.names,
			};
		},
		async summarise(input, call = {}) {
			const begun = begin(call);
			const { kernels, recorder, settings } = begun;
			const { tokenized, ...picture } = await prepare(input, begun);
			const { sha256, page } = tokenized.source;
			const key = page === undefined ? sha256 : `${sha256} ${page}`;
			const summary = await recorder.run("regions", () => summarisePicture(kernels, picture, settings, key));
			return { model: identity, options: codebookOptions(settings), summary };
		},
		async fit(part, call = {}) {
			const { kernels, recorder } = begin(call);
			return recorder.run("kmeans", () =>
				fitCodebook(kernels, part, (done, total) => recorder.progress("kmeans", done, total)),
			);
		},
		async update(codebook, part, call = {}) {
			checkAlike("update", codebook, part);
			const { kernels, recorder } = begin(call);
			return recorder.run("kmeans", () => updateCodebook(kernels, codebook, part.summary));
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

/** A frame that cannot be read fails by itself, not those beside it. */
function withoutBadFrame(error: unknown): undefined {
	if (isDinosegError(error) && /^(INPUT|IMAGE)_/.test(error.code)) {
		return undefined;
	}
	throw error;
}

/** @throws DinosegError OPTION_INVALID unless a frame has as many tokens as the one beside it. */
function checkFrame({ tokens, source }: Tokenized, { tokens: own, source: ownSource }: Tokenized): void {
	if (tokens.rows !== own.rows || tokens.cols !== own.cols) {
		const sizeOf = ({ image }: DecodedImage) => `${image.width} x ${image.height}`;
		throw new DinosegError(
			"OPTION_INVALID",
			`${source.name}: frames must be of one size, got ${sizeOf(source)} beside ${sizeOf(ownSource)} (${ownSource.name}).`,
			{ details: { option: "beside" } },
		);
	}
}

/** Tokens that a picture must have, one for each cluster. */
function leastTokens({ segments, clusters }: SegmentationOptions): number {
	return segments === "regions" ? 1 : clusterRange(clusters).min;
}

/** What is faster made anew than tokens gets this part of their memory. */
const SMALL_PART = 4;

function tokenBytes({ data, norms }: TokenGrid): number {
	return data.byteLength + norms.byteLength;
}

function reductionBytes({ points, model }: ReducedTokens): number {
	return points.data.byteLength + (model?.components.byteLength ?? 0);
}

function walkBytes(steps: readonly MergingStep[]): number {
	return steps.reduce(
		(sum, { clustering: { labels, centroids } }) => sum + labels.byteLength + centroids.byteLength,
		0,
	);
}
