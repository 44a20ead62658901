import { performance } from "node:perf_hooks";
import type { RgbImage } from "@dinoseg/core/image";
import { meanCosine } from "@dinoseg/core/metrics";
import { type Checkpoint, placeInputs, type QuantisedWeights, resolveVariant } from "@dinoseg/core/model";
import { DEFAULT_OPTIONS, type InputSize } from "@dinoseg/core/options";
import { prepareNetworkInput } from "@dinoseg/core/segment";
import { loadKernels } from "@dinoseg/kernels";
import { createNetworkSession, type NetworkSession } from "../session/index.ts";
import { openOnCheckedWeights } from "./checked-weights.ts";
import { type LoadQuantisedOptions, loadQuantised } from "./int8.ts";
import type { LoadedCheckpoint } from "./load-checkpoint.ts";

export interface CompareDtypesOptions extends LoadQuantisedOptions {
	/** What both networks are run on. Shape (height, width, 3). */
	readonly image: RgbImage;
	/** Of the networks. */
	readonly inputSize: InputSize;
	/** Threads inside one run. */
	readonly threads: number;
	/** Runs of each network, taken in turn after one to warm up; the fastest counts. @default 3 */
	readonly runs?: number;
}

/** Whether 8 bits are worth it on this machine. */
export interface DtypeComparison {
	/** Milliseconds of the fastest run. */
	readonly fp32Ms: number;
	readonly int8Ms: number;
	/** By how much 8 bits are faster: above 1 if they are. */
	readonly speedup: number;
	/** Mean cosine of the two networks' tokens. */
	readonly cosine: number;
}

/**
 * Run a model in float32 and in 8 bits on the same picture, and compare time and tokens.
 *
 * @throws DinosegError as `loadQuantised`, `openOnCheckedWeights` and `createNetworkSession`; OPTION_INVALID for the input size.
 */
export async function compareDtypes(
	checkpoint: LoadedCheckpoint,
	options: CompareDtypesOptions,
): Promise<DtypeComparison> {
	const { image, inputSize, threads, runs = 3 } = options;
	const { config, preprocessor } = checkpoint;
	const { pixels, grid } = prepareNetworkInput(await loadKernels(), image, {
		inputSize,
		patchSize: config.patchSize,
		preprocessor,
	});
	const { inputWidth, inputHeight, stride } = grid;
	const size = { width: inputWidth, height: inputHeight };
	const places = placeInputs(checkpoint, size, { stride, positionGrid: DEFAULT_OPTIONS.positionGrid });
	const shape = [1, 3, inputHeight, inputWidth] as const;

	const quantised = await loadQuantised(checkpoint, options);
	const sessions: NetworkSession[] = [];
	try {
		sessions.push(await openSession(checkpoint, threads));
		sessions.push(await openSession(quantised, threads));
		const fastestMs = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
		const tokens: Float32Array[] = [];
		for (let run = 0; run <= runs; run++) {
			for (const [index, session] of sessions.entries()) {
				const start = performance.now();
				const output = await session.run({ pixels: pixels.slice(), shape, places });
				if (run > 0) {
					fastestMs[index] = Math.min(fastestMs[index], performance.now() - start);
				}
				tokens[index] = output.tokens;
			}
		}
		const [fp32Ms, int8Ms] = fastestMs;
		const cosine = meanCosine(tokens[0], tokens[1], config.hiddenSize);
		return { fp32Ms, int8Ms, speedup: fp32Ms / int8Ms, cosine };
	} finally {
		await Promise.all(sessions.map((session) => session.close()));
		await quantised.dispose();
	}
}

async function openSession(
	checkpoint: Checkpoint & { readonly folder: string; readonly quantised?: QuantisedWeights },
	threads: number,
): Promise<NetworkSession> {
	const variant = resolveVariant(checkpoint.config, DEFAULT_OPTIONS);
	const { buildNetworkGraph } = await import("@dinoseg/core/model/graph");
	const graph = buildNetworkGraph(checkpoint, variant, checkpoint.quantised);
	const { folder } = checkpoint;
	return openOnCheckedWeights(checkpoint, () => createNetworkSession({ graph, folder, threads }));
}
