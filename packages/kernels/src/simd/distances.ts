import type { Assignment, Check, Kernels } from "../kernels.ts";
import { assignClusters as assignFew, squaredDistances as distancesOfFew } from "../reference/distances.ts";
import type { Engine, Workspace } from "./engine.ts";

/** Points fewer than this are not worth the rearranged targets. */
const FEW = 4;
/** Values of points, and of distances, that lie in the module's memory at once. */
const STRIP_VALUES = 2 ** 16;
/** Terms of distances in one call of the module: well below a millisecond of work. */
const CALL_TERMS = 2 ** 19;

/** Called for consecutive points, with the place of their distances, f64 (rows, targetCount). */
type StripVisitor = (first: number, rows: number, distances: number) => void;

/** `Kernels.assignClusters` and `Kernels.squaredDistances`. */
export function createDistances(engine: Engine, check: Check): Pick<Kernels, "assignClusters" | "squaredDistances"> {
	return {
		assignClusters(points, count, dim, centroids, clusters): Assignment {
			if (count < FEW) {
				return assignFew(check, points, count, dim, centroids, clusters);
			}
			const labels = new Uint16Array(count);
			const nearest = new Float64Array(count);
			const seconds = new Float64Array(count);
			engine((workspace) => {
				const { wasm } = workspace;
				const labelsAt = workspace.reserve(2 * stripRows(dim, clusters));
				const nearestAt = workspace.reserve(8 * stripRows(dim, clusters));
				const secondsAt = workspace.reserve(8 * stripRows(dim, clusters));
				eachStrip(workspace, points, count, dim, centroids, clusters, (first, rows, distances) => {
					wasm.nearestTargets(distances, rows, clusters, labelsAt, nearestAt, secondsAt);
					workspace.read(labelsAt, labels.subarray(first, first + rows));
					workspace.read(nearestAt, nearest.subarray(first, first + rows));
					workspace.read(secondsAt, seconds.subarray(first, first + rows));
				});
			});
			return { labels, distances: nearest, secondDistances: seconds };
		},

		squaredDistances(points, count, dim, targets, targetCount): Float64Array {
			if (count < FEW) {
				return distancesOfFew(check, points, count, dim, targets, targetCount);
			}
			const all = new Float64Array(count * targetCount);
			engine((workspace) => {
				eachStrip(workspace, points, count, dim, targets, targetCount, (first, rows, distances) => {
					workspace.read(distances, all.subarray(first * targetCount, (first + rows) * targetCount));
				});
			});
			return all;
		},
	};
}

/** Compute all distances strip by strip. */
function eachStrip(
	workspace: Workspace,
	points: Float32Array,
	count: number,
	dim: number,
	targets: Float64Array,
	targetCount: number,
	visit: StripVisitor,
): void {
	const step = stripRows(dim, targetCount);
	const targetsAt = workspace.copyIn(interleavePairs(workspace.check, targets, dim, targetCount));
	const pointsAt = workspace.reserve(4 * step * dim);
	const distancesAt = workspace.reserve(8 * step * targetCount);
	for (let first = 0; first < count; first += step) {
		workspace.check();
		const rows = Math.min(step, count - first);
		workspace.write(pointsAt, points.subarray(first * dim, (first + rows) * dim));
		workspace.wasm.squaredDistances(pointsAt, rows, dim, targetsAt, targetCount, distancesAt);
		visit(first, rows, distancesAt);
	}
}

/** Points in one strip, a multiple of 4. */
function stripRows(dim: number, targetCount: number): number {
	const rows = Math.min(STRIP_VALUES / Math.max(dim, targetCount), CALL_TERMS / (dim * targetCount));
	return Math.max(4, Math.floor(rows / 4) * 4);
}

/** Two targets side by side: (K, D) becomes (ceil(K / 2), D, 2). The last one stands in for one that is missing. */
function interleavePairs(check: Check, targets: Float64Array, dim: number, targetCount: number): Float64Array {
	const pairs = new Float64Array((targetCount + (targetCount % 2)) * dim);
	for (let target = 0; target < targetCount; target += 2) {
		check();
		const first = target * dim;
		const second = Math.min(target + 1, targetCount - 1) * dim;
		for (let d = 0; d < dim; d++) {
			pairs[first + 2 * d] = targets[first + d];
			pairs[first + 2 * d + 1] = targets[second + d];
		}
	}
	return pairs;
}
