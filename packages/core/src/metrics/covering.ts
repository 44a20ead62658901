import type { ContingencyTable } from "./contingency-table.ts";

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
