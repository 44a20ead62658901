import { type ContingencyOptions, type ContingencyTable, contingencyTable } from "./contingency-table.ts";
import { variationOfInformation } from "./mutual-information.ts";
import { randIndex } from "./rand-index.ts";

/** Agreement of a segmentation with all people who drew one of the same picture. */
export interface RegionScores {
	/** Segmentation covering: best intersections over union, weighted by size, over the regions of all annotators. */
	readonly covering: number;
	/** Mean over the annotators of the Rand index. */
	readonly probabilisticRandIndex: number;
	/** Mean over the annotators, in bits. Lower is better. */
	readonly variationOfInformation: number;
}

/**
 * Region scores as the BSDS500 bench defines them.
 *
 * Source: Arbelaez et al. 2011, doi:10.1109/TPAMI.2010.161, section 3.1.
 *
 * @param annotations label maps of the same picture, each shape (N,). At least one.
 * @param predicted shape (N,).
 * @throws DinosegError SHAPE_MISMATCH if the lengths differ.
 */
export function regionScores(
	annotations: readonly ArrayLike<number>[],
	predicted: ArrayLike<number>,
	options: ContingencyOptions = {},
): RegionScores {
	return regionScoresOf(annotations.map((truth) => contingencyTable(truth, predicted, options)));
}

/** `regionScores` of labellings that are counted already: one table per annotator, at least one. */
export function regionScoresOf(tables: readonly ContingencyTable[]): RegionScores {
	const coverings = tables.map(coveringOfTruth);
	return {
		covering: sumOf(coverings, ({ covered }) => covered) / sumOf(coverings, ({ total }) => total),
		probabilisticRandIndex: sumOf(tables, randIndex) / tables.length,
		variationOfInformation: sumOf(tables, variationOfInformation) / tables.length,
	};
}

function sumOf<T>(values: readonly T[], term: (value: T) => number): number {
	return values.reduce((sum, value) => sum + term(value), 0);
}

/** A covering that can be added up over several annotators. */
export interface Covering {
	/** Sum over regions of size times the best intersection over union. */
	readonly covered: number;
	/** Sum of the sizes. */
	readonly total: number;
}

/**
 * How well the regions of the truth are covered by those of the prediction: every region counts with its size and the
 * best intersection over union that any region of the prediction has with it.
 *
 * Source: Arbelaez et al. 2011, doi:10.1109/TPAMI.2010.161, section 3.1.2; BSDS500 bench.
 */
export function coveringOfTruth({ cells, truthSizes, predictedSizes, total }: ContingencyTable): Covering {
	const best = new Float64Array(truthSizes.length);
	for (const { row, column, count } of cells) {
		best[row] = Math.max(best[row], count / (truthSizes[row] + predictedSizes[column] - count));
	}
	return { covered: best.reduce((sum, overlap, row) => sum + overlap * truthSizes[row], 0), total };
}
