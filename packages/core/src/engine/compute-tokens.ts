import type { Kernels } from "@dinoseg/kernels";
import { DinosegError, optionName } from "../errors/index.ts";
import { inputDimensions, medianBlur, type RgbImage } from "../image/index.ts";
import { placeRule, resolveVariant } from "../model/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { prepareNetworkInput, type StageRecorder } from "../segment/index.ts";
import { type TokenGrid, tokenGridSize } from "../tensor/index.ts";
import type { EngineModel } from "./engine-model.ts";
import { measurePositionBias, POSITION_BIAS_GREYS } from "./measure-position-bias.ts";
import type { CancelSignal, DecodedImage, Digest, Networks, TokenStore } from "./ports.ts";
import type { RecentMemory } from "./recent-memory.ts";
import { runNetwork, type TokensOf } from "./run-network.ts";
import { decodedKey, positionBiasKey, tokenKey } from "./token-key.ts";

/** What turns pictures into tokens. */
export interface TokenComputer {
	readonly kernels: Kernels;
	readonly model: EngineModel;
	readonly networks: Networks;
	readonly digest: Digest;
	/** Where blurred pictures are kept. */
	readonly blurs: RecentMemory<{ readonly image: RgbImage }>;
	/** None when the caller wants no tokens kept. */
	readonly tokens: TokenStore | undefined;
	/** Where position biases are kept: never none, for they belong to the network, not to a picture. */
	readonly biases: TokenStore;
}

export interface ComputedTokens {
	readonly blurred: RgbImage;
	/** As the network gives them. */
	readonly tokens: TokenGrid;
	/** On the same grid, if the options ask for it. */
	readonly positionBias: TokenGrid | undefined;
	/** Equal for equal tokens; see `tokenKey`. */
	readonly key: string;
	/** Milliseconds that getting the network ready took. */
	readonly loadMs: number;
}

/**
 * Blur a picture and get its tokens, and the position bias that goes with them: from the store, else from the network.
 *
 * @param leastClusters that the picture must have tokens for.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS before any work, OPTION_INVALID, MODEL_RUN_FAILED, ABORTED
 */
export async function computeTokens(
	computer: TokenComputer,
	source: DecodedImage,
	options: SegmentationOptions,
	leastClusters: number,
	recorder: StageRecorder,
	signal: CancelSignal | undefined,
): Promise<ComputedTokens> {
	const { kernels, model, networks, digest, biases } = computer;
	const { config, preprocessor } = model;
	const { patchSize } = config;
	const variant = resolveVariant(config, options);
	const size = inputDimensions(source.image, options.inputSize, patchSize);
	const { rows, cols } = tokenGridSize(size, patchSize, variant.stride);
	checkTokenCount(rows * cols, source.name);
	checkClusterCount(leastClusters, rows * cols, source.name);

	const blurred = await blur(computer, source, options, recorder);

	const { bands, median, nodata, positionGrid, stretch } = options;
	const seenBy = {
		model: model.digest,
		inputWidth: size.width,
		inputHeight: size.height,
		preprocessor,
		...variant,
		positionRule: placeRule(config, positionGrid),
		dtype: model.dtype,
		executionProvider: model.executionProvider,
	};
	const page = source.page ?? 1;
	const key = await tokenKey(digest, { image: source.sha256, page, bands, nodata, stretch, median, ...seenBy });
	const biasKey = await positionBiasKey(digest, { greys: POSITION_BIAS_GREYS, ...seenBy });
	const kept = await computer.tokens?.get(key);
	const knownBias = options.debias ? await biases.get(biasKey) : undefined;
	const lacksBias = options.debias && knownBias === undefined;

	let tokensFrom: (tokensOf: TokensOf) => Promise<TokenGrid>;
	if (kept) {
		recorder.skip("resize");
		tokensFrom = async () => kept;
	} else {
		const { stride } = variant;
		const { pixels, grid } = await recorder.run("resize", () =>
			prepareNetworkInput(kernels, blurred, { inputSize: size, patchSize, stride, preprocessor }),
		);
		tokensFrom = async (tokensOf) => ({ ...(await tokensOf(pixels)), ...grid });
	}
	if (kept && !lacksBias) {
		recorder.skip("network");
		return { blurred, tokens: kept, positionBias: knownBias, key, loadMs: 0 };
	}

	const runs = (kept ? 0 : 1) + (lacksBias ? POSITION_BIAS_GREYS.length : 0);
	const view = { variant, positionGrid, size };
	const { made, loadMs } = await runNetwork(model, networks, view, runs, recorder, signal, async (tokensOf) => ({
		tokens: await tokensFrom(tokensOf),
		positionBias: lacksBias ? await measurePositionBias(size, preprocessor, tokensOf) : knownBias,
	}));
	const warnings = [
		kept ? undefined : await computer.tokens?.set(key, made.tokens),
		lacksBias && made.positionBias ? await biases.set(biasKey, made.positionBias) : undefined,
	];
	// What keeps one from being kept keeps the other too.
	const warning = warnings.find((found) => found !== undefined);
	if (warning) {
		recorder.warn(warning);
	}
	return { blurred, ...made, key, loadMs };
}

async function blur(
	{ kernels, blurs }: TokenComputer,
	source: DecodedImage,
	options: SegmentationOptions,
	recorder: StageRecorder,
): Promise<RgbImage> {
	const { median } = options;
	const key = `${decodedKey(source, options)} ${median}`;
	// Without a blur it is the picture itself, which is not to be held twice.
	const known = median === 0 ? undefined : blurs.get(key);
	if (known) {
		recorder.skip("median");
		return known.image;
	}
	return recorder.run("median", () => {
		const image = medianBlur(kernels, source.image, { window: median });
		if (median !== 0) {
			blurs.set(key, { image });
		}
		return image;
	});
}

/** Tokens above which a picture is refused: the grid of 4096 x 4096 pixels has 85 thousand. */
const MAX_TOKENS = 2 ** 17;

function checkTokenCount(tokens: number, name: string): void {
	if (tokens > MAX_TOKENS) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${name}: ${tokens} tokens at this input size and stride, at most ${MAX_TOKENS} are allowed. ` +
				`Raise ${optionName("stride")} or lower ${optionName("inputSize")}.`,
			{ details: { option: "stride", tokens, max: MAX_TOKENS } },
		);
	}
}

function checkClusterCount(clusters: number, tokens: number, name: string): void {
	if (clusters > tokens) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`${name}: ${clusters} clusters were asked for, but at this input size the picture has only ${tokens} tokens. ` +
				`Lower ${optionName("clusters")} or the range of the sweep, or raise ${optionName("inputSize")}.`,
			{ details: { clusters, tokens } },
		);
	}
}
