import { type ContingencyOptions, type ContingencyTable, contingencyTable } from "./contingency-table.ts";

/** Ordered pairs of elements, by whether the two labellings put them together. */
interface PairCounts {
	readonly both: number;
	readonly onlyTruth: number;
	readonly onlyPredicted: number;
	readonly neither: number;
}

/**
 * Share of the pairs of elements on which two labellings agree: together in both, or apart in both.
 *
 * Convention: labellings without a pair have 1.
 * Source: Rand 1971, doi:10.1080/01621459.1971.10482356; scikit-learn `rand_score`.
 */
export function randIndex(table: ContingencyTable): number {
	const { both, onlyTruth, onlyPredicted, neither } = countPairs(table);
	const pairs = both + onlyTruth + onlyPredicted + neither;
	return pairs === 0 ? 1 : (both + neither) / pairs;
}

/**
 * Agreement of two labellings of the same elements, corrected for chance: 1 for the same partition however it is
 * numbered, about 0 for independent ones. Symmetric in its arguments but for `ignoreLabel`.
 *
 * Convention: two labellings without a pair to disagree on (empty, or the same partition) have 1.
 * Source: Hubert and Arabie 1985, doi:10.1007/BF01908075; scikit-learn `adjusted_rand_score`.
 *
 * @param truth shape (N,), any numbers as labels.
 * @param predicted shape (N,).
 * @throws DinosegError SHAPE_MISMATCH if the lengths differ.
 */
export function adjustedRandIndex(
	truth: ArrayLike<number>,
	predicted: ArrayLike<number>,
	options: ContingencyOptions = {},
): number {
	return adjustedRandOf(contingencyTable(truth, predicted, options));
}

/** `adjustedRandIndex` of labellings that are counted already. */
export function adjustedRandOf(table: ContingencyTable): number {
	const { both, onlyTruth, onlyPredicted, neither } = countPairs(table);
	if (onlyTruth === 0 && onlyPredicted === 0) {
		return 1;
	}
	return (
		(2 * (both * neither - onlyTruth * onlyPredicted)) /
		((both + onlyTruth) * (onlyTruth + neither) + (both + onlyPredicted) * (onlyPredicted + neither))
	);
}

function countPairs({ cells, truthSizes, predictedSizes, total }: ContingencyTable): PairCounts {
	const together = cells.reduce((sum, { count }) => sum + count * count, 0);
	const rows = truthSizes.reduce((sum, size) => sum + size * size, 0);
	const columns = predictedSizes.reduce((sum, size) => sum + size * size, 0);
	return {
		both: together - total,
		onlyTruth: rows - together,
		onlyPredicted: columns - together,
		neither: total * total - rows - columns + together,
	};
}
