import { DinosegError } from "../errors/index.ts";
import type { Dimensions } from "../image/index.ts";
import { type NetworkVariant, type PlacedModel, placeInputs } from "../model/index.ts";
import type { PositionGrid } from "../options/index.ts";
import type { StageRecorder } from "../segment/index.ts";
import { type TokenGrid, tokenGridSize } from "../tensor/index.ts";
import type { CancelSignal, Networks } from "./ports.ts";

/** How the network is to see pictures. */
export interface NetworkView {
	readonly variant: NetworkVariant;
	readonly positionGrid: PositionGrid;
	/** Of the network's input, pixels. */
	readonly size: Dimensions;
}

/** The tokens of normalised pixels, (3, height, width), which are given away. The picture's size is that of the input. */
export type TokensOf = (pixels: Float32Array) => Promise<TokenGrid>;

/**
 * The stage "network": run it on one or several pictures of the same size.
 *
 * @param runs how often `work` is going to run it. Of several, each is told as progress.
 * @returns what `work` made, and the milliseconds that getting the network ready took, which are no part of the stage.
 * @throws DinosegError MODEL_RUN_FAILED, ABORTED, DISPOSED, and those of loading a network
 */
export function runNetwork<T>(
	model: PlacedModel,
	networks: Networks,
	{ variant, positionGrid, size }: NetworkView,
	runs: number,
	recorder: StageRecorder,
	signal: CancelSignal | undefined,
	work: (tokensOf: TokensOf) => Promise<T>,
): Promise<{ readonly made: T; readonly loadMs: number }> {
	const { patchSize, hiddenSize } = model.config;
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
	return recorder.run("network", async (pause) => {
		const places = placeInputs(model, size, { stride: variant.stride, positionGrid });
		let loadMs = 0;
		let done = 0;
		const made = await work(async (pixels) => {
			const output = await networks.run({ variant, pixels, ...size, places }, signal);
			output.warnings.forEach(recorder.warn);
			loadMs += output.loadMs;
			pause(output.loadMs);
			checkFinite(output.tokens);
			checkFinite(output.norms);
			done++;
			if (runs > 1) {
				recorder.progress("network", done, runs);
			}
			return { ...grid, data: output.tokens, norms: output.norms };
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
