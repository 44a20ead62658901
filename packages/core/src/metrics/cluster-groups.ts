import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";

/** Points by cluster. Only clusters that have a point are counted. */
export interface ClusterGroups {
	/** Clusters with at least one point. */
	readonly count: number;
	/** Place of each point's cluster among these, by rising label. Shape (N,). */
	readonly indices: Uint32Array;
	/** Points of each. Shape (count,). */
	readonly sizes: Float64Array;
	/** Mean point of each. Shape (count, D). */
	readonly means: Float64Array;
}

/**
 * @param labels cluster of each row of `points`, shape (N,).
 * @param check  called between points; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function groupByCluster(
	where: string,
	{ data, rows, cols }: Matrix,
	labels: ArrayLike<number>,
	check: Check = noCheck,
): ClusterGroups {
	checkLength(where, "labels (N)", labels, rows);
	const places = new Map([...new Set(Array.from(labels))].sort((a, b) => a - b).map((label, place) => [label, place]));
	const indices = Uint32Array.from(labels, (label) => places.get(label) as number);
	const sizes = new Float64Array(places.size);
	const means = new Float64Array(places.size * cols);
	for (let i = 0; i < rows; i++) {
		check();
		const mean = indices[i] * cols;
		sizes[indices[i]]++;
		for (let d = 0; d < cols; d++) {
			means[mean + d] += data[i * cols + d];
		}
	}
	for (let at = 0; at < means.length; at++) {
		means[at] /= sizes[Math.floor(at / cols)];
	}
	return { count: places.size, indices, sizes, means };
}
