import type { Kernels } from "../kernels.ts";
import type { Engine } from "./engine.ts";

/** Values of points that lie in the module's memory at once. */
const STRIP_VALUES = 2 ** 16;

/** `Kernels.clusterSums`. */
export function createClusterSums(engine: Engine): Pick<Kernels, "clusterSums"> {
	return {
		clusterSums(points, count, dim, labels, weights, clusters) {
			const sums = new Float64Array(clusters * dim);
			engine((workspace) => {
				const step = Math.max(1, Math.floor(STRIP_VALUES / dim));
				const sumsAt = workspace.reserve(sums.byteLength);
				workspace.clear(sumsAt, sums.byteLength);
				const pointsAt = workspace.reserve(4 * step * dim);
				const labelsAt = workspace.reserve(2 * step);
				const weightsAt = workspace.reserve(8 * step);
				for (let first = 0; first < count; first += step) {
					workspace.check();
					const end = Math.min(first + step, count);
					workspace.write(pointsAt, points.subarray(first * dim, end * dim));
					workspace.write(labelsAt, labels.subarray(first, end));
					workspace.write(weightsAt, weights.subarray(first, end));
					workspace.wasm.addToClusters(pointsAt, end - first, dim, labelsAt, weightsAt, sumsAt);
				}
				workspace.read(sumsAt, sums);
			});
			return sums;
		},
	};
}

/** `Kernels.columnMeans`: the sums of one cluster of all points. */
export function createColumnMeans(clusterSums: Kernels["clusterSums"]): Kernels["columnMeans"] {
	return (points, count, dim) => {
		const labels = new Uint16Array(count);
		const weights = new Float64Array(count).fill(1);
		return clusterSums(points, count, dim, labels, weights, 1).map((sum) => sum / count);
	};
}
