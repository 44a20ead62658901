import { checkLength } from "../errors/index.ts";

export interface AdjustedRandIndexOptions {
	/** Elements with this label in `truth` are left out. @default none */
	readonly ignoreLabel?: number;
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
	options: AdjustedRandIndexOptions = {},
): number {
	checkLength("adjustedRandIndex", "predicted (N)", predicted, truth.length);
	const columnOf = new Map<number, number>();
	for (let i = 0; i < predicted.length; i++) {
		if (!columnOf.has(predicted[i])) {
			columnOf.set(predicted[i], columnOf.size);
		}
	}
	const rowOf = new Map<number, number>();
	const cells = new Map<number, number>();
	const rowSizes: number[] = [];
	const columnSizes = new Array<number>(columnOf.size).fill(0);
	let total = 0;
	for (let i = 0; i < truth.length; i++) {
		if (truth[i] === options.ignoreLabel) {
			continue;
		}
		let row = rowOf.get(truth[i]);
		if (row === undefined) {
			row = rowOf.size;
			rowOf.set(truth[i], row);
			rowSizes.push(0);
		}
		const column = columnOf.get(predicted[i]) as number;
		const cell = row * columnOf.size + column;
		cells.set(cell, (cells.get(cell) ?? 0) + 1);
		rowSizes[row]++;
		columnSizes[column]++;
		total++;
	}
	const together = sumOfSquares(cells.values());
	const rows = sumOfSquares(rowSizes);
	const columns = sumOfSquares(columnSizes);
	// Ordered pairs: together in both, only in the truth, only in the prediction, in neither.
	const both = together - total;
	const onlyTruth = rows - together;
	const onlyPredicted = columns - together;
	const neither = total * total - rows - columns + together;
	if (onlyTruth === 0 && onlyPredicted === 0) {
		return 1;
	}
	return (
		(2 * (both * neither - onlyTruth * onlyPredicted)) /
		((both + onlyTruth) * (onlyTruth + neither) + (both + onlyPredicted) * (onlyPredicted + neither))
	);
}

function sumOfSquares(counts: Iterable<number>): number {
	let sum = 0;
	for (const count of counts) {
		sum += count * count;
	}
	return sum;
}
