import type { ClusterRange } from "../options/index.ts";
import type { MergingStep } from "./merging-k-means.ts";

/** Clusters that are this far apart are worth telling apart. Measured: docs/adr/0021. */
export const WORTHWHILE_SEPARATION = 0.48;

/** What was found for one number of segments. */
export interface ChoicePoint {
	readonly clusters: number;
	/** What it means is told by the criterion. */
	readonly value: number;
}

/** The number of clusters, or of regions, that was chosen, and why. */
export interface ClusterChoice {
	/** Of clusters how far the two most alike are apart, of regions the detail. */
	readonly criterion: "separation" | "detail";
	readonly clusters: number;
	/** One point for each number that there was to choose from, rising. */
	readonly curve: readonly ChoicePoint[];
}

/**
 * Choose a number of clusters: the largest one at which even the two most alike are far enough apart, else the smallest.
 *
 * @param steps of `mergingKMeans`, from the most clusters on; those outside of the range do not count. The range ends at
 *   the most clusters that there are.
 */
export function chooseClusters(steps: Iterable<MergingStep>, range: ClusterRange): ClusterChoice {
	const separations = new Map<number, number>();
	for (const { clustering, separation } of steps) {
		separations.set(clustering.clusters, separation);
		if (clustering.clusters <= range.min) {
			break;
		}
	}
	const max = Math.min(range.max, Math.max(...separations.keys()));
	const min = Math.min(range.min, max);
	const curve = Array.from({ length: max - min + 1 }, (_, index) => {
		// A descent can lose a cluster; then nothing was found for its number.
		return { clusters: min + index, value: separations.get(min + index) ?? 0 };
	});
	const chosen = curve.findLast(({ value }) => value >= WORTHWHILE_SEPARATION) ?? curve[0];
	return { criterion: "separation", clusters: chosen.clusters, curve };
}
