import {
	DinosegError,
	type Dtype,
	inputDimensions,
	medianBlur,
	optionName,
	positionGridRule,
	prepareNetworkInput,
	type RgbImage,
	resolveVariant,
	type SegmentationOptions,
	type StageRecorder,
	type TokenGrid,
	tokenGridSize,
} from "@dinoseg/core";
import type { Kernels } from "@dinoseg/kernels";
import { positionBiasKey, type TokenCache, tokenKey } from "../cache/index.ts";
import type { LoadedCheckpoint } from "../model/index.ts";
import { onnxruntimeVersion } from "../runtime.ts";
import type { LazyNetworks } from "./lazy-network.ts";
import type { Source } from "./open-source.ts";
import { measurePositionBias, POSITION_BIAS_GREYS } from "./position-bias.ts";
import { runNetwork, type TokensOf } from "./run-network.ts";

/** What turns pictures into tokens. */
export interface TokenComputer {
	readonly kernels: Kernels;
	readonly checkpoint: LoadedCheckpoint;
	readonly dtype: Dtype;
	readonly device: string;
	readonly networks: LazyNetworks;
	/** None when the caller wants no cache. */
	readonly cache: TokenCache | undefined;
	/** Where position biases are kept: as `cache`, but never none, for they belong to the network, not to a picture. */
	readonly biases: TokenCache;
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
 * Blur a picture and get its tokens, and the position bias that goes with them: from the cache, else from the network.
 *
 * @param leastClusters that the picture must have tokens for.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS before any work, OPTION_INVALID, MODEL_RUN_FAILED, ABORTED
 */
export async function computeTokens(
	computer: TokenComputer,
	source: Source,
	options: SegmentationOptions,
	leastClusters: number,
	recorder: StageRecorder,
	signal: AbortSignal | undefined,
): Promise<ComputedTokens> {
	const { kernels, checkpoint, dtype, device, cache, biases } = computer;
	const { preprocessor } = checkpoint;
	const { patchSize } = checkpoint.config;
	const variant = resolveVariant(checkpoint.config, options);
	const rule = positionGridRule(checkpoint.config, options.positionGrid);
	const size = inputDimensions(source.image, options.inputSize, patchSize);
	const { rows, cols } = tokenGridSize(size, patchSize, variant.stride);
	checkTokenCount(rows * cols, source.name);
	checkClusterCount(leastClusters, rows * cols, source.name);

	const blurred = await recorder.run("median", () => medianBlur(kernels, source.image, { window: options.median }));

	const seenBy = {
		model: checkpoint.digest,
		inputWidth: size.width,
		inputHeight: size.height,
		preprocessor,
		...variant,
		positionRule: rule,
		dtype,
		// Another version of the runtime may round differently.
		executionProvider: `${device}, onnxruntime ${onnxruntimeVersion()}`,
	};
	const { median, stretch } = options;
	const key = tokenKey({ image: source.identity.sha256, stretch, median, ...seenBy });
	const biasKey = positionBiasKey({ greys: POSITION_BIAS_GREYS, ...seenBy });
	const cached = await cache?.get(key);
	const knownBias = options.debias ? await biases.get(biasKey) : undefined;
	const lacksBias = options.debias && knownBias === undefined;

	let tokensFrom: (tokensOf: TokensOf) => Promise<TokenGrid>;
	if (cached) {
		recorder.skip("resize");
		tokensFrom = async () => cached;
	} else {
		const { stride } = variant;
		const { pixels, grid } = await recorder.run("resize", () =>
			prepareNetworkInput(kernels, blurred, { inputSize: size, patchSize, stride, preprocessor }),
		);
		tokensFrom = async (tokensOf) => ({ ...(await tokensOf(pixels)), ...grid });
	}
	if (cached && !lacksBias) {
		recorder.skip("network");
		return { blurred, tokens: cached, positionBias: knownBias, key, loadMs: 0 };
	}

	const runs = (cached ? 0 : 1) + (lacksBias ? POSITION_BIAS_GREYS.length : 0);
	const { made, loadMs } = await runNetwork(
		computer,
		{ variant, rule, size },
		runs,
		recorder,
		signal,
		async (tokensOf) => ({
			tokens: await tokensFrom(tokensOf),
			positionBias: lacksBias ? await measurePositionBias(size, preprocessor, tokensOf) : knownBias,
		}),
	);
	const warnings = [
		cached ? undefined : await cache?.set(key, made.tokens),
		lacksBias && made.positionBias ? await biases.set(biasKey, made.positionBias) : undefined,
	];
	// What keeps one from being kept keeps the other too.
	const warning = warnings.find((found) => found !== undefined);
	if (warning) {
		recorder.warn(warning);
	}
	return { blurred, ...made, key, loadMs };
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
