import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
	type Checkpoint,
	decodeTensorValues,
	NETWORK_OUTPUTS,
	PIXELS_INPUT,
	type PlacedModel,
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	placeInputs,
	placeTables,
	type QuantisedWeights,
	resolveVariant,
	selectTensors,
} from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import type { Facet, PositionGrid } from "@dinoseg/core/options";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, expect } from "vitest";
import type { FixtureTensor } from "../../../../fixtures/load.ts";

/** A checkpoint whose weights onnxruntime can read. */
export interface RunnableCheckpoint extends Checkpoint, PlacedModel {
	readonly folder: string;
	/** Layers that are computed in 8 bits. */
	readonly quantised?: QuantisedWeights;
}

export interface NetworkChoice {
	readonly facet?: Facet;
	/** From 0, negative from the end. */
	readonly layer?: readonly number[];
	readonly stride?: number;
	readonly threads?: number;
}

/** A network without the product's worker thread. */
export interface OpenNetwork {
	/**
	 * @param pictures U8 tensor (batch, height, width, 3).
	 */
	run(pictures: FixtureTensor, positionGrid?: PositionGrid): Promise<NetworkResult>;
	release(): Promise<void>;
}

export interface NetworkResult {
	readonly tokens: FixtureTensor & { readonly data: Float32Array };
	readonly norms: FixtureTensor & { readonly data: Float32Array };
}

/** A checkpoint of one file, read with core alone. */
export function readCheckpoint(folder: string): RunnableCheckpoint {
	const name = "model.safetensors";
	const bytes = readFileSync(join(folder, name));
	const config = parseModelConfig(readFileSync(join(folder, "config.json"), "utf8"), "config.json");
	const preprocessorFile = join(folder, "preprocessor_config.json");
	const preprocessor = parsePreprocessorConfig(readFileSync(preprocessorFile, "utf8"), "preprocessor_config.json");
	const tensors = selectTensors(config, parseSafetensorsHeader(bytes, bytes.length, name), name);
	const checkpoint = { config, preprocessor, tensors };
	const tables = placeTables(checkpoint).map(({ dtype, offset, length, shape }) =>
		decodeTensorValues(bytes.subarray(offset, offset + length), dtype, shape[0] * shape[1]),
	);
	return { ...checkpoint, tables, folder };
}

export async function openNetwork(checkpoint: RunnableCheckpoint, choice: NetworkChoice = {}): Promise<OpenNetwork> {
	const { config, folder } = checkpoint;
	const { facet = "token", layer = [-1], stride = config.patchSize, threads = 2 } = choice;
	const session = await InferenceSession.create(
		buildNetworkGraph(checkpoint, resolveVariant(config, { facet, layer, stride }), checkpoint.quantised),
		{
			intraOpNumThreads: threads,
			extra: { session: { model_external_initializers_file_folder_path: folder } },
		},
	);
	return {
		async run(pictures, positionGrid = "official") {
			const [batch, height, width] = pictures.shape;
			const places = Object.entries(placeInputs(checkpoint, { width, height }, { stride, positionGrid }));
			const result = await session.run({
				[PIXELS_INPUT]: new Tensor("float32", normalise(checkpoint, pictures), [batch, 3, height, width]),
				...Object.fromEntries(places.map(([name, { data, shape }]) => [name, new Tensor("float32", data, shape)])),
			});
			return { tokens: copy(result[NETWORK_OUTPUTS.tokens]), norms: copy(result[NETWORK_OUTPUTS.norms]) };
		},
		release: () => session.release(),
	};
}

/** One run of a network of its own. */
export async function runNetwork(
	checkpoint: RunnableCheckpoint,
	pictures: FixtureTensor,
	choice: NetworkChoice & { readonly positionGrid?: PositionGrid } = {},
): Promise<NetworkResult> {
	const network = await openNetwork(checkpoint, choice);
	try {
		return await network.run(pictures, choice.positionGrid);
	} finally {
		await network.release();
	}
}

/**
 * As `runNetwork`, for many runs of one checkpoint: a network is opened once for each choice, which takes longer than most
 * runs, and released after the tests.
 */
export function useNetworks(
	checkpoint: RunnableCheckpoint,
): (
	pictures: FixtureTensor,
	choice?: NetworkChoice & { readonly positionGrid?: PositionGrid },
) => Promise<NetworkResult> {
	const networks = new Map<string, Promise<OpenNetwork>>();
	afterAll(async () => {
		for (const network of networks.values()) {
			await (await network).release();
		}
	});
	return async (pictures, { positionGrid, ...choice } = {}) => {
		const key = JSON.stringify(choice);
		const network = networks.get(key) ?? openNetwork(checkpoint, choice);
		networks.set(key, network);
		return (await network).run(pictures, positionGrid);
	};
}

function copy({ dims, data }: InferenceSession.ReturnType[string]): NetworkResult["tokens"] {
	return { shape: dims, data: (data as Float32Array).slice() };
}

/** (batch, height, width, 3) to (batch, 3, height, width), in float64. */
function normalise({ preprocessor }: Checkpoint, { shape, data }: FixtureTensor): Float32Array {
	const [batch, height, width] = shape;
	const { mean, std, rescaleFactor } = preprocessor;
	const area = height * width;
	// Not `Float32Array.from`, which takes twenty times as long.
	return new Float32Array(batch * 3 * area).map((_, index) => {
		const pixel = index % area;
		const channel = Math.floor(index / area) % 3;
		const picture = Math.floor(index / (3 * area));
		return (data[(picture * area + pixel) * 3 + channel] * rescaleFactor - mean[channel]) / std[channel];
	});
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	expect(a.length).toBe(b.length);
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		// Math.max keeps a NaN, so one cannot pass for a small difference.
		largest = Math.max(largest, Math.abs(a[i] - b[i]));
	}
	return largest;
}
