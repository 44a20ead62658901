import {
	DinosegError,
	type Dtype,
	inputDimensions,
	interpolatePositions,
	medianBlur,
	positionGridRule,
	positionTableSide,
	prepareNetworkInput,
	type RgbImage,
	resolveVariant,
	type SegmentationOptions,
	type StageRecorder,
	type TokenGrid,
	tokenGridSize,
} from "@dinoseg/core";
import type { Kernels } from "@dinoseg/kernels";
import { type TokenCache, tokenKey } from "../cache/index.ts";
import type { LoadedCheckpoint } from "../model/index.ts";
import { onnxruntimeVersion } from "../runtime.ts";
import type { LazyNetworks } from "./lazy-network.ts";
import type { Source } from "./open-source.ts";

/** What turns pictures into tokens. */
export interface TokenComputer {
	readonly kernels: Kernels;
	readonly checkpoint: LoadedCheckpoint;
	readonly dtype: Dtype;
	readonly device: string;
	readonly networks: LazyNetworks;
	/** None when the caller wants no cache. */
	readonly cache: TokenCache | undefined;
}

export interface ComputedTokens {
	readonly blurred: RgbImage;
	readonly tokens: TokenGrid;
	/** Equal for equal tokens; see `tokenKey`. */
	readonly key: string;
	/** Milliseconds that getting the network ready took. */
	readonly loadMs: number;
}

/**
 * Blur a picture and get its tokens: from the cache, else from the network.
 *
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS before any work, OPTION_INVALID, MODEL_RUN_FAILED, ABORTED
 */
export async function computeTokens(
	computer: TokenComputer,
	source: Source,
	options: SegmentationOptions,
	recorder: StageRecorder,
	signal: AbortSignal | undefined,
): Promise<ComputedTokens> {
	const { kernels, checkpoint, dtype, device, networks, cache } = computer;
	const { patchSize, hiddenSize } = checkpoint.config;
	const variant = resolveVariant(checkpoint.config, options);
	const rule = positionGridRule(checkpoint.config, options.positionGrid);
	const size = inputDimensions(source.image, options.inputSize, patchSize);
	const { rows, cols } = tokenGridSize(size, patchSize, variant.stride);
	checkTokenCount(rows * cols, source.name);
	checkClusterCount(options.clusters, rows * cols, source.name);

	const blurred = await recorder.run("median", () => medianBlur(kernels, source.image, { window: options.median }));

	const key = tokenKey({
		image: source.identity.sha256,
		model: checkpoint.digest,
		stretch: options.stretch,
		median: options.median,
		inputWidth: size.width,
		inputHeight: size.height,
		preprocessor: checkpoint.preprocessor,
		...variant,
		positionRule: rule,
		dtype,
		// Another version of the runtime may round differently.
		executionProvider: `${device}, onnxruntime ${onnxruntimeVersion()}`,
	});
	const cached = await cache?.get(key);
	if (cached) {
		recorder.skip("resize");
		recorder.skip("network");
		return { blurred, tokens: cached, key, loadMs: 0 };
	}

	const { pixels, grid } = await recorder.run("resize", () =>
		prepareNetworkInput(kernels, blurred, {
			inputSize: size,
			patchSize,
			stride: variant.stride,
			preprocessor: checkpoint.preprocessor,
		}),
	);
	const side = positionTableSide(checkpoint.config);
	const { output, loadMs } = await networks.use(variant, grid, async ({ network, loadMs, warnings }) => {
		for (const warning of warnings) {
			recorder.warn(warning);
		}
		const output = await recorder.run("network", () =>
			network.run({
				pixels,
				shape: [1, 3, grid.inputHeight, grid.inputWidth],
				positions: interpolatePositions(checkpoint.positionTable, side, hiddenSize, rows, cols, rule),
				signal,
			}),
		);
		return { output, loadMs };
	});
	checkFinite(output.tokens);
	checkFinite(output.norms);
	const tokens: TokenGrid = {
		...grid,
		data: output.tokens,
		norms: output.norms,
		dim: variant.layers.length * hiddenSize,
	};
	const warning = await cache?.set(key, tokens);
	if (warning) {
		recorder.warn(warning);
	}
	return { blurred, tokens, key, loadMs };
}

/** A damaged checkpoint can load and still compute nonsense, which clustering would hide. */
function checkFinite(tokens: Float32Array): void {
	if (!tokens.every(Number.isFinite)) {
		throw new DinosegError(
			"MODEL_RUN_FAILED",
			"The network gave tokens that are no numbers (NaN or infinite). The weights are damaged: get the checkpoint again.",
		);
	}
}

/** Tokens above which a picture is refused: the grid of 4096 x 4096 pixels has 85 thousand. */
const MAX_TOKENS = 2 ** 17;

function checkTokenCount(tokens: number, name: string): void {
	if (tokens > MAX_TOKENS) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${name}: ${tokens} tokens at this input size and stride, at most ${MAX_TOKENS} are allowed. ` +
				"Raise --stride (in code: stride) or lower --input-size (inputSize).",
			{ details: { option: "stride", tokens, max: MAX_TOKENS } },
		);
	}
}

function checkClusterCount(clusters: number, tokens: number, name: string): void {
	if (clusters > tokens) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`${name}: ${clusters} clusters were asked for, but at this input size the picture has only ${tokens} tokens. ` +
				"Lower -k (in code: clusters) or raise --input-size (inputSize).",
			{ details: { clusters, tokens } },
		);
	}
}
