import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";

/** Weighted sums of the points of each cluster, that follow single points from cluster to cluster. */
export interface ClusterSums {
	/** Points of each cluster. Shape (K,). */
	readonly sizes: Uint32Array;
	/** Sum of the weights of each cluster. Shape (K,). */
	readonly masses: Float64Array;
	/** Sum anew, in the order of the points. */
	reset(labels: Uint16Array): void;
	/** Subtract and add the points whose label differs from that of the last call. Rounding adds up over many calls. */
	update(labels: Uint16Array): void;
	/** Weighted mean of each cluster; no cluster may be empty. Shape (K, D). */
	means(): Float64Array;
}

/**
 * @param points shape (N, D). Not modified.
 * @param weights shape (N,).
 */
export function clusterSums(kernels: Kernels, points: Matrix, weights: Float64Array, clusters: number): ClusterSums {
	const { data, rows, cols } = points;
	const sums = new Float64Array(clusters * cols);
	const masses = new Float64Array(clusters);
	const sizes = new Uint32Array(clusters);
	const known = new Uint16Array(rows);

	function add(row: number, cluster: number, weight: number): void {
		const from = row * cols;
		const to = cluster * cols;
		masses[cluster] += weight;
		for (let d = 0; d < cols; d++) {
			sums[to + d] += data[from + d] * weight;
		}
	}

	return {
		sizes,
		masses,
		reset(labels) {
			sums.set(kernels.clusterSums(data, rows, cols, labels, weights, clusters));
			masses.fill(0);
			sizes.fill(0);
			for (let i = 0; i < rows; i++) {
				sizes[labels[i]]++;
				masses[labels[i]] += weights[i];
			}
			known.set(labels);
		},
		update(labels) {
			for (let i = 0; i < rows; i++) {
				if (labels[i] !== known[i]) {
					sizes[known[i]]--;
					sizes[labels[i]]++;
					add(i, known[i], -weights[i]);
					add(i, labels[i], weights[i]);
					known[i] = labels[i];
				}
			}
		},
		means() {
			const means = new Float64Array(clusters * cols);
			for (let k = 0; k < clusters; k++) {
				for (let d = k * cols; d < (k + 1) * cols; d++) {
					means[d] = sums[d] / masses[k];
				}
			}
			return means;
		},
	};
}

/** Weighted mean of the points of each cluster, summed in their order; no cluster may be empty. Shape (K, D). */
export function clusterMeans(
	kernels: Kernels,
	points: Matrix,
	weights: Float64Array,
	labels: Uint16Array,
	clusters: number,
): Float64Array {
	const sums = clusterSums(kernels, points, weights, clusters);
	sums.reset(labels);
	return sums.means();
}
