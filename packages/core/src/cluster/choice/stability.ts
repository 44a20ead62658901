import { adjustedRandIndex } from "../../metrics/index.ts";
import { type ChoicePoint, type ClusterCandidates, curveOver } from "./curve.ts";

/**
 * Mean adjusted Rand index of the clustering and those of other seeds: how much of it is no accident. 1 where all are
 * the same, about 0 where they have nothing in common; higher is better.
 *
 * Source: Ben-Hur, Elisseeff and Guyon 2002, "A stability based method for discovering structure in clustered data",
 * doi:10.1142/9789812799623_0002, with other seeds instead of other samples.
 *
 * @param reseeded the same clusterings from other seeds, at least one.
 */
export function stabilityCurve(
	{ range, labels }: ClusterCandidates,
	reseeded: readonly Pick<ClusterCandidates, "labels">[],
): ChoicePoint[] {
	return curveOver(range, (clusters) => {
		const own = labels(clusters);
		return reseeded.reduce((sum, other) => sum + adjustedRandIndex(own, other.labels(clusters)), 0) / reseeded.length;
	});
}

/** The largest number of clusters of the highest stability: few clusters are easily stable. */
export function chooseByStability(curve: readonly ChoicePoint[]): number {
	return curve.reduce((best, point) => (point.value >= best.value ? point : best)).clusters;
}
