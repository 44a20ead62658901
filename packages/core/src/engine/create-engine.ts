import type { Kernels } from "@dinoseg/kernels";
import { cancellableKernels, throwIfAborted } from "../abort.ts";
import type { MergingStep } from "../cluster/index.ts";
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
	sweepReduced,
	sweepRegions,
} from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { applyTokenized } from "./apply-tokenized.ts";
import type { Begun, SegmentInput, Tokenized } from "./begun.ts";
import { DEFAULT_MEMORY_BYTES, disposed, resolveForModel } from "./calls.ts";
import { cleanTokens, clusteredTokens, copyTokens } from "./clean-tokens.ts";
import { computeTokens } from "./compute-tokens.ts";
import type { Engine, RawPixels, SegmentCallOptions } from "./engine.ts";
import type { EngineModel } from "./engine-model.ts";
import { createPictureMemory } from "./picture-memory.ts";
import type { DecodedImage, Decoder, Digest, Networks, TokenStore } from "./ports.ts";
import { isRawPixels, readRawPixels } from "./raw-pixels.ts";
import { createRecentMemory, rememberTokens } from "./recent-memory.ts";
import { rememberPixels } from "./remember-pixels.ts";
import { segmentTokenized } from "./segment-tokenized.ts";

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
	const { config, preprocessor: _, tables: __, executionProvider: ___, ...identity } = model;
	const keepsTokens = tokenStore !== undefined || memoryBytes > 0;
	const tokens = keepsTokens ? rememberTokens(tokenStore, createRecentMemory(tokenBytes, memoryBytes)) : undefined;
	// They belong to the network, not to a picture, and take four runs to make.
	const biases = tokens ?? rememberTokens(undefined, createRecentMemory(tokenBytes, DEFAULT_MEMORY_BYTES));
	const memory = {
		reductions: createRecentMemory(reductionBytes, memoryBytes),
		walks: createRecentMemory(walkBytes, memoryBytes / SMALL_PART),
	};
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

	const decode = async (input: Input | RawPixels, { signal, recorder, settings }: Begun): Promise<DecodedImage> => {
		const source = await recorder.run("decode", () =>
			isRawPixels(input) ? readRawPixels(input, settings, digest) : readFile(input, settings, signal),
		);
		source.warnings.forEach(recorder.warn);
		return source;
	};

	/** The part that all segmentations share: from the picture to its tokens. */
	const tokenize = async (input: Input | RawPixels, begun: Begun, leastClusters = leastTokens(begun.settings)) => {
		const { signal, kernels, recorder, settings } = begun;
		const source = await decode(input, begun);
		const computed = await computeTokens({ ...computer, kernels }, source, settings, leastClusters, recorder, signal);
		return { source, ...computed };
	};

	/** The part that `segment` and `sweep` share. */
	const segmentInput = async (input: Input | RawPixels, begun: Begun, leastClusters?: number) => {
		const tokenized = await tokenize(input, begun, leastClusters);
		return { ...(await segmentTokenized(identity, asInput(tokenized, begun), memory, begun)), grid: tokenized.tokens };
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
			const tokenized = await tokenize(input, begun, 1);
			const isFrame = beside.length > 0;
			const others: TokenGrid[] = [];
			for (const { input: other, page = begun.settings.page } of beside) {
				// What is to be told of it is told with its own result.
				const frame = await prepare(other, begin({ ...options, page, onEvent: undefined })).catch(withoutBadFrame);
				if (frame !== undefined) {
					checkFrame(frame.tokenized, tokenized);
					others.push(frame.grid);
				}
			}
			const book = { codebook, digest: await codebookDigest(codebook, digest) };
			return applyTokenized(identity, asInput(tokenized, begun), book, begun, isFrame ? others : undefined);
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
		async decode(input, call = {}) {
			return decode(input, begin(call));
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

function asInput({ source, blurred, key, loadMs, ...network }: Tokenized, { settings }: Begun): SegmentInput {
	return { source, blurred, grid: network.tokens, tokens: () => cleanTokens(network, settings), key, loadMs };
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
