import { type NetworkTensor, PIXELS_INPUT, placeInputs } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import type { LoadedCheckpoint } from "../model/load-checkpoint.ts";
import { openSession } from "./open-session.ts";
import { loadOnnxruntime, type Provider } from "./runtime.ts";
import { type SmallNetwork, weightsOf } from "./weights-of.ts";

/**
 * Side of the picture that is run, patches: twice as many tokens as 32. With fewer, attention is computed by
 * another program of the graphics card, and what is wrong with the usual one does not show.
 */
const SIDE = 8;
/** The highest layer that is run: what one does, the others do too. */
const HIGHEST_LAYER = 1;

/**
 * Run the first layers of a model on a fixed picture by WebGPU and by WebAssembly.
 *
 * @returns the largest difference of their tokens, as a share of the largest token; NaN where one is no number.
 * @throws DinosegError MODEL_RUN_FAILED
 */
export async function testGpu(checkpoint: LoadedCheckpoint): Promise<number> {
	const { patchSize } = checkpoint.config;
	const { graph, weights } = await firstLayers(checkpoint);
	const side = SIDE * patchSize;
	const { positionGrid } = DEFAULT_OPTIONS;
	const places = placeInputs(checkpoint, { width: side, height: side }, { stride: patchSize, positionGrid });
	const inputs = { ...places, [PIXELS_INPUT]: pattern(side) };
	const onnxruntime = await loadOnnxruntime("webgpu", 1);
	const tokensOn = async (provider: Provider): Promise<Float32Array> => {
		const session = await openSession(onnxruntime, provider, graph, weights);
		try {
			return (await session.run(inputs)).tokens;
		} finally {
			await session.release();
		}
	};
	return differenceOf(await tokensOn("webgpu"), await tokensOn("wasm"));
}

/**
 * Open the first layers of a model by WebAssembly, and close them: what starts the runtime and its threads.
 *
 * @throws DinosegError MODEL_RUN_FAILED
 */
export async function testThreads(checkpoint: LoadedCheckpoint, threads: number): Promise<void> {
	const { graph, weights } = await firstLayers(checkpoint);
	const session = await openSession(await loadOnnxruntime("wasm", threads), "wasm", graph, weights);
	await session.release();
}

function firstLayers(checkpoint: LoadedCheckpoint): Promise<SmallNetwork> {
	const { patchSize, layers } = checkpoint.config;
	const variant = { facet: "token", layers: [Math.min(HIGHEST_LAYER, layers - 1)], stride: patchSize } as const;
	return weightsOf(checkpoint, (read) => buildNetworkGraph(read, variant));
}

/** Normalised pixels without a plain place. Shape (1, 3, side, side). */
function pattern(side: number): NetworkTensor {
	const data = Float32Array.from({ length: 3 * side * side }, (_, at) => ((at * 2_654_435_761) % 4_096) / 1_024 - 2);
	return { data, shape: [1, 3, side, side] };
}

function differenceOf(tokens: Float32Array, expected: Float32Array): number {
	let [difference, largest] = [0, 0];
	for (const [at, value] of expected.entries()) {
		difference = Math.max(difference, Math.abs(tokens[at] - value));
		largest = Math.max(largest, Math.abs(value));
	}
	return difference / largest;
}
