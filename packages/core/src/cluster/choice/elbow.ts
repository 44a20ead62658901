import { type ChoicePoint, type ClusterCandidates, curveOver } from "./curve.ts";

/**
 * How far the curve of the inertia lies below the straight line between its ends, both axes scaled to 1: 1 - x - y.
 * From -1 to 1, higher is better; 0 at the ends and where the curve is flat.
 *
 * Source: Satopää et al. 2011, "Finding a 'kneedle' in a haystack", doi:10.1109/ICDCSW.2011.20, without its smoothing.
 */
export function elbowCurve({ range, inertia }: ClusterCandidates): ChoicePoint[] {
	const first = inertia(range.min);
	const drop = first - inertia(range.max);
	return curveOver(range, (clusters) =>
		drop > 0 ? (first - inertia(clusters)) / drop - (clusters - range.min) / (range.max - range.min) : 0,
	);
}
