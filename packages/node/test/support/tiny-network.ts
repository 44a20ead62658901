import { type NetworkVariant, placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { type LoadedCheckpoint, loadCheckpoint } from "../../dist/model/load-checkpoint.js";
import { resolveModel } from "../../dist/model/resolve-model.js";
import type { NetworkRun } from "../../dist/session/network-pool.js";

/** The bundled model, ready for sessions. */
export interface TinyNetwork {
	readonly checkpoint: LoadedCheckpoint;
	readonly graph: Uint8Array;
	/** Pictures of `rows` x `cols` patches; each is made from its seed alone. */
	request(rows: number, cols: number, ...seeds: readonly number[]): NetworkRun;
}

export async function openTinyNetwork(): Promise<TinyNetwork> {
	const checkpoint = await loadCheckpoint((await resolveModel("tiny")).folder);
	const { config } = checkpoint;
	const variant: NetworkVariant = resolveVariant(config, { facet: "token", layer: [-1], stride: "patch" });
	return {
		checkpoint,
		graph: buildNetworkGraph(checkpoint, variant),
		request(rows, cols, ...seeds) {
			const [height, width] = [rows * config.patchSize, cols * config.patchSize];
			const size = 3 * height * width;
			return {
				pixels: new Float32Array(seeds.length * size).map((_, index) => {
					const seed = seeds[Math.floor(index / size)];
					return Math.sin((index % size) * (1 + seed / 7) + seed);
				}),
				shape: [seeds.length, 3, height, width],
				places: placeInputs(checkpoint, { width, height }, { stride: variant.stride, positionGrid: "official" }),
			};
		},
	};
}
