import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";

/** Distances that are held at once, 8 MiB of them: memory must not grow with points times clusters. */
const BLOCK_VALUES = 2 ** 20;

/** Squared distances of some consecutive points to all centroids. */
export interface DistanceBlock {
	/** Index of the first point. */
	readonly first: number;
	readonly rows: number;
	/** Shape (rows, clusters). */
	readonly distances: Float64Array;
}

/** All squared distances of points to centroids, block by block; each is computed when it is asked for. */
export function* distanceBlocks(
	kernels: Kernels,
	points: Matrix,
	centroids: Float64Array,
	clusters: number,
): Generator<DistanceBlock> {
	const { data, cols } = points;
	const step = Math.max(1, Math.floor(BLOCK_VALUES / clusters));
	for (let first = 0; first < points.rows; first += step) {
		const rows = Math.min(step, points.rows - first);
		const block = data.subarray(first * cols, (first + rows) * cols);
		yield { first, rows, distances: kernels.squaredDistances(block, rows, cols, centroids, clusters) };
	}
}
