/** A checkpoint's network in a product session, with inputs to time it. Shared by the benchmarks of whole models. */
import { performance } from "node:perf_hooks";
import { createRandom } from "@dinoseg/core";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { DEFAULT_OPTIONS, type Dtype } from "@dinoseg/core/options";
import {
	createNetworkSession,
	type LoadedCheckpoint,
	loadCheckpoint,
	loadQuantised,
	type QuantisedCheckpoint,
} from "@dinoseg/node";

/** What a run took, milliseconds. */
export interface RunTime {
	/** By the clock. */
	readonly wall: number;
	/** Of all threads on a processor: what other programs on the machine change least. */
	readonly processor: number;
}

export interface BenchNetwork {
	/** From the description of the checkpoint to a session that can run, milliseconds. */
	readonly readyMs: number;
	/** One run on a square picture. */
	run(side: number): Promise<RunTime>;
	close(): Promise<void>;
}

/** Without quantised weights: float32. */
type DescribedNetwork = LoadedCheckpoint & Partial<Pick<QuantisedCheckpoint, "quantised">>;

/**
 * The description of a checkpoint, for float32 or 8 bits.
 *
 * @param cacheFolder where digests and 8-bit weights are kept.
 */
export async function describeNetwork(folder: string, dtype: Dtype, cacheFolder: string): Promise<DescribedNetwork> {
	const checkpoint = await loadCheckpoint(folder, { cacheFolder });
	return dtype === "int8" ? await loadQuantised(checkpoint, { cacheFolder }) : checkpoint;
}

/** @param checkpoint what {@link describeNetwork} gives. */
export async function openBenchNetwork(checkpoint: DescribedNetwork, threads: number): Promise<BenchNetwork> {
	const { config, folder } = checkpoint;
	const start = performance.now();
	const graph = buildNetworkGraph(checkpoint, resolveVariant(config, DEFAULT_OPTIONS), checkpoint.quantised);
	const session = await createNetworkSession({
		graph,
		folder,
		threads,
	});
	const readyMs = performance.now() - start;
	const random = createRandom(0);
	return {
		readyMs,
		async run(side) {
			const size = { width: side, height: side };
			const places = placeInputs(checkpoint, size, { stride: config.patchSize, positionGrid: "official" });
			// About as wide as normalised pixels are.
			const pixels = Float32Array.from({ length: 3 * side * side }, () => 4 * random.next() - 2);
			const begin = performance.now();
			const before = process.cpuUsage();
			await session.run({ pixels, shape: [1, 3, side, side], places });
			const { user, system } = process.cpuUsage(before);
			return { wall: performance.now() - begin, processor: (user + system) / 1000 };
		},
		close: () => session.close(),
	};
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}
