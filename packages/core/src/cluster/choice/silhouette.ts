import type { Kernels } from "@dinoseg/kernels";
import { silhouette } from "../../metrics/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import { type ChoicePoint, type ClusterCandidates, curveOver } from "./curve.ts";
import { evenSample } from "./even-sample.ts";

/** Points that are measured: the time grows with their square. */
const MOST_POINTS = 2000;

/**
 * The mean silhouette: how much nearer points are to their own cluster than to the next one. From -1 to 1, higher is
 * better; 0 for one cluster. Of more than 2000 points it is measured at 2000, taken at even steps.
 *
 * Source: `silhouette`.
 */
export function silhouetteCurve(kernels: Kernels, points: Matrix, { range, labels }: ClusterCandidates): ChoicePoint[] {
	const sample = evenSample(points, MOST_POINTS, kernels.check);
	return curveOver(range, (clusters) => {
		const ofAll = labels(clusters);
		return silhouette(
			kernels,
			sample.points,
			sample.places.map((place) => ofAll[place]),
		);
	});
}
