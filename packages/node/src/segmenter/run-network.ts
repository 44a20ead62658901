import {
	type Dimensions,
	DinosegError,
	interpolatePositions,
	type NetworkVariant,
	type PositionGridRule,
	positionTableSide,
	type StageRecorder,
	type TokenGrid,
	tokenGridSize,
} from "@dinoseg/core";
import type { LoadedCheckpoint } from "../model/index.ts";
import type { LazyNetworks } from "./lazy-network.ts";

/** How the network is to see pictures. */
export interface NetworkView {
	readonly variant: NetworkVariant;
	readonly rule: PositionGridRule;
	/** Of the network's input, pixels. */
	readonly size: Dimensions;
}

/** The tokens of normalised pixels, (3, height, width), which are given away. The picture's size is that of the input. */
export type TokensOf = (pixels: Float32Array) => Promise<TokenGrid>;

/**
 * The stage "network": run it on one or several pictures of the same size.
 *
 * @param runs how often `work` is going to run it. Of several, each is told as progress.
 * @returns what `work` made, and the milliseconds that getting the network ready took.
 * @throws DinosegError MODEL_RUN_FAILED, ABORTED, DISPOSED, and those of loading a network
 */
export function runNetwork<T>(
	{ checkpoint, networks }: { readonly checkpoint: LoadedCheckpoint; readonly networks: LazyNetworks },
	{ variant, rule, size }: NetworkView,
	runs: number,
	recorder: StageRecorder,
	signal: AbortSignal | undefined,
	work: (tokensOf: TokensOf) => Promise<T>,
): Promise<{ readonly made: T; readonly loadMs: number }> {
	const { config, positionTable } = checkpoint;
	const { patchSize, hiddenSize } = config;
	const { rows, cols } = tokenGridSize(size, patchSize, variant.stride);
	const grid = {
		rows,
		cols,
		dim: variant.layers.length * hiddenSize,
		patchSize,
		stride: variant.stride,
		inputWidth: size.width,
		inputHeight: size.height,
		imageWidth: size.width,
		imageHeight: size.height,
	};
	return networks.use(variant, grid, async ({ network, loadMs, warnings }) => {
		for (const warning of warnings) {
			recorder.warn(warning);
		}
		const made = await recorder.run("network", () => {
			const positions = interpolatePositions(positionTable, positionTableSide(config), hiddenSize, rows, cols, rule);
			let done = 0;
			return work(async (pixels) => {
				const { tokens, norms } = await network.run({
					pixels,
					shape: [1, 3, size.height, size.width],
					positions,
					signal,
				});
				checkFinite(tokens);
				checkFinite(norms);
				done++;
				if (runs > 1) {
					recorder.progress("network", done, runs);
				}
				return { ...grid, data: tokens, norms };
			});
		});
		return { made, loadMs };
	});
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
