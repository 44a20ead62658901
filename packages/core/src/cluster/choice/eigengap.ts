import type { Kernels } from "@dinoseg/kernels";
import type { ClusterRange } from "../../options/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import { type ChoicePoint, curveOver } from "./curve.ts";
import { evenSample } from "./even-sample.ts";

/** Points that are compared, unless more clusters are asked for: the time grows with their cube. */
const MOST_POINTS = 400;

/**
 * The gap between the k-th and the next eigenvalue of the affinity of the points, max(0, cosine), normalised by its row
 * sums: k groups that have nothing in common make k eigenvalues of 1. From 0 to 1, higher is better. Of more than 400
 * points it is measured at 400, taken at even steps.
 *
 * Convention: a point is like itself, also a point of zeros; eigenvalues that do not exist are 0.
 * Source: von Luxburg 2007, "A tutorial on spectral clustering", doi:10.1007/s11222-007-9033-z, sections 3.2 and 8.3.
 */
export function eigengapCurve(kernels: Kernels, points: Matrix, range: ClusterRange): ChoicePoint[] {
	const sample = evenSample(points, Math.max(MOST_POINTS, range.max + 1), kernels.check).points;
	const { values } = kernels.symmetricEigen(normalisedAffinity(kernels, sample), sample.rows, () => 1);
	return curveOver(range, (clusters) => (values[clusters - 1] ?? 0) - (values[clusters] ?? 0));
}

/** max(0, cosine) of every two rows, divided by the roots of the sums of both rows. Shape (N, N). */
function normalisedAffinity(kernels: Kernels, { data, rows, cols }: Matrix): Float64Array {
	const affinity = kernels.gramMatrix(data, rows, cols, new Float64Array(cols));
	const lengths = Float64Array.from({ length: rows }, (_, i) => Math.sqrt(affinity[i * rows + i]));
	const roots = new Float64Array(rows);
	for (let i = 0; i < rows; i++) {
		let sum = 0;
		for (let j = 0; j < rows; j++) {
			const at = i * rows + j;
			const scale = lengths[i] * lengths[j];
			affinity[at] = i === j ? 1 : scale > 0 ? Math.max(0, affinity[at] / scale) : 0;
			sum += affinity[at];
		}
		roots[i] = Math.sqrt(sum);
	}
	for (let at = 0; at < affinity.length; at++) {
		affinity[at] /= roots[Math.floor(at / rows)] * roots[at % rows];
	}
	return affinity;
}
