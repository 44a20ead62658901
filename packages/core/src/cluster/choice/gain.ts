import { type ChoicePoint, type ClusterCandidates, curveOver } from "./curve.ts";

/** Share of the variance from which on a split is worth its cluster. Measured: docs/adr/0013. */
export const WORTHWHILE_GAIN = 0.05;

/**
 * The share of all variance that the step from k - 1 to k clusters explains: (W(k - 1) - W(k)) / W(1), W being the
 * inertia. From 0 to 1; 0 for one cluster, and where all points are equal.
 *
 * Source: the scree test of Cattell 1966, doi:10.1207/s15327906mbr0102_10, with a fixed share instead of the eye.
 */
export function gainCurve({ range, inertia }: ClusterCandidates): ChoicePoint[] {
	const total = inertia(1);
	return curveOver(range, (clusters) =>
		clusters === 1 || total === 0 ? 0 : (inertia(clusters - 1) - inertia(clusters)) / total,
	);
}

/** The largest number of clusters whose gain is worthwhile, else the smallest of all. */
export function chooseByGain(curve: readonly ChoicePoint[]): number {
	return (curve.findLast(({ value }) => value >= WORTHWHILE_GAIN) ?? curve[0]).clusters;
}
