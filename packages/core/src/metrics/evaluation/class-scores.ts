import { DinosegError } from "../../errors/index.ts";
import type { ConfusionMatrix } from "../confusion-matrix.ts";
import type { ContingencyTable } from "../contingency-table.ts";
import { matchedScores, matchManyToOne, matchOneToOne } from "../match-labels.ts";
import type { CLASS_SCORE_NAMES } from "./scores.ts";

/** Pairs of class and segment up to which the best matching is searched: beyond, it would take minutes. */
const MOST_PAIRS = 2 ** 20;

/**
 * Scores of segments that stand for classes, each segment for one.
 *
 * @param name what the message of an error begins with.
 * @throws DinosegError LABEL_OUT_OF_RANGE for more classes and segments than can be matched.
 */
export function classScores(table: ContingencyTable, name: string): Record<(typeof CLASS_SCORE_NAMES)[number], number> {
	const matrix = confusionOf(table, name);
	const oneToOne = matchedScores(matrix, matchOneToOne(matrix));
	const manyToOne = matchedScores(matrix, matchManyToOne(matrix));
	return {
		meanIouOneToOne: oneToOne.meanIou,
		pixelAccuracyOneToOne: oneToOne.pixelAccuracy,
		meanIouManyToOne: manyToOne.meanIou,
		pixelAccuracyManyToOne: manyToOne.pixelAccuracy,
	};
}

/** Only labels that occur: the largest label says nothing about how many there are. */
function confusionOf({ truthLabels, predictedLabels, cells }: ContingencyTable, name: string): ConfusionMatrix {
	const classes = truthLabels.length;
	const clusters = predictedLabels.length;
	if (classes * clusters > MOST_PAIRS) {
		throw new DinosegError(
			"LABEL_OUT_OF_RANGE",
			`${name}: ${classes} classes and ${clusters} segments are more than can be matched (${MOST_PAIRS} pairs). If the ` +
				"labels of the truth are numbers of regions, score it as regions.",
			{ details: { classes, clusters, max: MOST_PAIRS } },
		);
	}
	const counts = new Float64Array(classes * clusters);
	for (const { row, column, count } of cells) {
		counts[row * clusters + column] = count;
	}
	return { counts, classes, clusters };
}
