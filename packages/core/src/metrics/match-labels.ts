import munkres from "munkres";
import type { ConfusionMatrix } from "./confusion-matrix.ts";

/** Which class each cluster stands for; clusters that stand for none are missing. */
export type LabelMatching = ReadonlyMap<number, number>;

/**
 * The one-to-one matching of clusters to classes with the most elements in common. Surplus clusters stand for no class.
 *
 * Convention: of several such matchings, the one with the largest sum of intersections over unions. Every class or every
 * cluster is matched, also where they have nothing in common.
 * Source: Kuhn 1955, doi:10.1002/nav.3800020109; scipy `linear_sum_assignment`.
 *
 * @returns from cluster (column) to class (row).
 */
export function matchOneToOne({ counts, classes, clusters }: ConfusionMatrix): LabelMatching {
	if (classes === 0 || clusters === 0) {
		return new Map();
	}
	const rows = new Float64Array(classes);
	const columns = new Float64Array(clusters);
	counts.forEach((count, at) => {
		rows[Math.floor(at / clusters)] += count;
		columns[at % clusters] += count;
	});
	// All overlaps together weigh less than one element.
	const tieBreak = 0.5 / Math.max(classes, clusters);
	const costs = Array.from(rows, (rowTotal, row) =>
		Array.from(columns, (columnTotal, column) => {
			const count = counts[row * clusters + column];
			return count === 0 ? 0 : -count - (tieBreak * count) / (rowTotal + columnTotal - count);
		}),
	);
	return new Map(munkres(costs).map(([row, column]) => [column, row]));
}

/** Each cluster stands for the class that it has the most elements of, the lowest of equals; an empty one for none. */
export function matchManyToOne({ counts, classes, clusters }: ConfusionMatrix): LabelMatching {
	const matching = new Map<number, number>();
	for (let cluster = 0; cluster < clusters; cluster++) {
		let best = 0;
		for (let row = 0; row < classes; row++) {
			if (counts[row * clusters + cluster] > best) {
				best = counts[row * clusters + cluster];
				matching.set(cluster, row);
			}
		}
	}
	return matching;
}

export interface MatchedScores {
	/** Share of the elements whose cluster stands for their class. */
	readonly pixelAccuracy: number;
	/** Mean over the classes that occur of intersection over union; 0 for a class that no cluster stands for. */
	readonly meanIou: number;
	/** Intersection over union of each class; NaN for one that does not occur. Shape (classes,). */
	readonly iou: Float64Array;
}

/**
 * Scores of clusters that stand for classes. Several clusters of one class count as one.
 *
 * @param matching from cluster to class.
 */
export function matchedScores({ counts, classes, clusters }: ConfusionMatrix, matching: LabelMatching): MatchedScores {
	const truth = new Float64Array(classes);
	const predicted = new Float64Array(classes);
	const common = new Float64Array(classes);
	for (let row = 0; row < classes; row++) {
		for (let cluster = 0; cluster < clusters; cluster++) {
			const count = counts[row * clusters + cluster];
			const matched = matching.get(cluster);
			truth[row] += count;
			if (matched !== undefined) {
				predicted[matched] += count;
				common[row] += matched === row ? count : 0;
			}
		}
	}
	const iou = common.map((shared, row) =>
		truth[row] === 0 ? Number.NaN : shared / (truth[row] + predicted[row] - shared),
	);
	const occurring = iou.filter((value) => !Number.isNaN(value));
	const total = sum(truth);
	return {
		pixelAccuracy: total === 0 ? Number.NaN : sum(common) / total,
		meanIou: occurring.length === 0 ? Number.NaN : sum(occurring) / occurring.length,
		iou,
	};
}

function sum(values: Float64Array): number {
	return values.reduce((total, value) => total + value, 0);
}
