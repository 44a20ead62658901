import type { ContingencyTable } from "./contingency-table.ts";

const BITS_PER_NAT = 1 / Math.LN2;

/** What two labellings of the same elements know of each other. */
export interface Information {
	/** Entropy of the truth, nats. */
	readonly truthEntropy: number;
	/** Entropy of the prediction, nats. */
	readonly predictedEntropy: number;
	/** At least 0, nats. */
	readonly mutualInformation: number;
}

/** Source: Vinh, Epps, Bailey 2010, JMLR 11; scikit-learn `mutual_info_score`. */
export function mutualInformation({ cells, truthSizes, predictedSizes, total }: ContingencyTable): Information {
	let shared = 0;
	for (const { row, column, count } of cells) {
		// Logarithms of sizes, not of a quotient that could be rounded to 1.
		shared +=
			count * (Math.log(count) - Math.log(truthSizes[row]) - Math.log(predictedSizes[column]) + Math.log(total));
	}
	return {
		truthEntropy: entropy(truthSizes, total),
		predictedEntropy: entropy(predictedSizes, total),
		mutualInformation: total === 0 ? 0 : Math.max(0, shared / total),
	};
}

/**
 * Mutual information as a share of the mean of both entropies: 1 for the same partition, 0 for independent ones.
 *
 * Convention: where both labellings have a single label, 1.
 * Source: scikit-learn `normalized_mutual_info_score(average_method="arithmetic")`.
 */
export function normalisedMutualInformation(table: ContingencyTable): number {
	const { truthEntropy, predictedEntropy, mutualInformation: shared } = mutualInformation(table);
	if (table.truthLabels.length <= 1 && table.predictedLabels.length <= 1) {
		return 1;
	}
	return shared / ((truthEntropy + predictedEntropy) / 2);
}

/**
 * Information that has to be lost and gained to get from one partition to the other, in bits: 0 for the same partition.
 *
 * Source: Meila 2005, doi:10.1145/1102351.1102424; BSDS500 bench.
 */
export function variationOfInformation(table: ContingencyTable): number {
	const { truthEntropy, predictedEntropy, mutualInformation: shared } = mutualInformation(table);
	return Math.max(0, truthEntropy + predictedEntropy - 2 * shared) * BITS_PER_NAT;
}

function entropy(sizes: Float64Array, total: number): number {
	return sizes.reduce((sum, size) => sum - (size / total) * (Math.log(size) - Math.log(total)), 0);
}
