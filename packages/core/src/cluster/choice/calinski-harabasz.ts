import type { Kernels } from "@dinoseg/kernels";
import { calinskiHarabasz } from "../../metrics/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import { type ChoicePoint, type ClusterCandidates, curveOver } from "./curve.ts";

/**
 * Variance between clusters over variance inside them, each per degree of freedom. 0 or more, higher is better.
 *
 * Source: `calinskiHarabasz`.
 */
export function calinskiHarabaszCurve(
	kernels: Kernels,
	points: Matrix,
	{ range, labels }: ClusterCandidates,
): ChoicePoint[] {
	return curveOver(range, (clusters) => calinskiHarabasz(points, labels(clusters), kernels.check));
}
