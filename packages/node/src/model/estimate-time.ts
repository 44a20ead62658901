import { performance } from "node:perf_hooks";
import { type ModelConfig, placeInputs, resolveVariant } from "@dinoseg/core/model";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { tokenGridSize } from "@dinoseg/core/tensor";
import { createNetworkSession } from "../session/index.ts";
import { openOnCheckedWeights } from "./checked-weights.ts";
import type { LoadedCheckpoint } from "./load-checkpoint.ts";

/** Size of the network's input, pixels. */
export interface InputSide {
	readonly inputWidth: number;
	readonly inputHeight: number;
}

/**
 * Floating point operations of one run: two for each multiplication of a matrix product.
 *
 * Formula, T the tokens, D the hidden size, F the feed-forward width, L the depth:
 * `2 L T (4 D^2 + c D F) + 4 L T^2 D`, c = 2 for GELU and 3 for SwiGLU; then the patch embedding.
 */
export function countOperations(config: ModelConfig, { inputWidth, inputHeight }: InputSide): number {
	const { hiddenSize, mlp, mlpSize, layers, patchSize, registers } = config;
	const { rows, cols } = tokenGridSize({ width: inputWidth, height: inputHeight }, patchSize, patchSize);
	const tokens = 1 + registers + rows * cols;
	const linear = 4 * hiddenSize ** 2 + (mlp === "gelu" ? 2 : 3) * hiddenSize * mlpSize;
	const embedding = 2 * rows * cols * 3 * patchSize ** 2 * hiddenSize;
	return layers * (2 * tokens * linear + 4 * tokens ** 2 * hiddenSize) + embedding;
}

/** Operations a second of larger networks, relative to those of the bundled one, whose matrices fit the caches. */
const RATE_OF_LARGER_NETWORKS = 0.62;
const RUNS = 3;

/**
 * Milliseconds that a run of a network may take on this machine in fp32, without having its weights: scaled by operations
 * from runs of a small checkpoint that is at hand. Good to a factor of about 1.5.
 *
 * @param now milliseconds, monotonic.
 * @throws DinosegError MODEL_RUN_FAILED; SAFETENSORS_INVALID, MODEL_FILE_MISSING for weights that changed since
 */
export async function estimateRunTime(
	config: ModelConfig,
	input: InputSide,
	small: LoadedCheckpoint,
	threads: number,
	now = (): number => performance.now(),
): Promise<number> {
	const smallMs = await fastestRun(small, input, threads, now);
	const ratio = countOperations(config, input) / countOperations(small.config, input);
	return ratio <= 1 ? smallMs * ratio : (smallMs * ratio) / RATE_OF_LARGER_NETWORKS;
}

async function fastestRun(
	checkpoint: LoadedCheckpoint,
	{ inputWidth, inputHeight }: InputSide,
	threads: number,
	now: () => number,
): Promise<number> {
	const { config, folder } = checkpoint;
	const { stride, ...variant } = resolveVariant(config, DEFAULT_OPTIONS);
	const { positionGrid } = DEFAULT_OPTIONS;
	const places = placeInputs(checkpoint, { width: inputWidth, height: inputHeight }, { stride, positionGrid });
	const { buildNetworkGraph } = await import("@dinoseg/core/model/graph");
	const graph = buildNetworkGraph(checkpoint, { stride, ...variant });
	const session = await openOnCheckedWeights(checkpoint, () => createNetworkSession({ graph, folder, threads }));
	try {
		let fastest = Number.POSITIVE_INFINITY;
		for (let run = 0; run < RUNS; run++) {
			const pixels = new Float32Array(3 * inputWidth * inputHeight);
			const start = now();
			await session.run({ pixels, shape: [1, 3, inputHeight, inputWidth], places });
			fastest = Math.min(fastest, now() - start);
		}
		return fastest;
	} finally {
		await session.close();
	}
}
