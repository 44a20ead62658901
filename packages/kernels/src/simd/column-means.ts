import type { Kernels } from "../kernels.ts";

/** `Kernels.columnMeans`: the sums of one cluster of all points. */
export function createColumnMeans(clusterSums: Kernels["clusterSums"]): Kernels["columnMeans"] {
	return (points, count, dim) => {
		const labels = new Uint16Array(count);
		const weights = new Float64Array(count).fill(1);
		return clusterSums(points, count, dim, labels, weights, 1).map((sum) => sum / count);
	};
}
