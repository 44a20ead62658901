import { addBoundaryCounts, boundaryScores } from "../boundary/index.ts";
import type { ContingencyTable } from "../contingency-table.ts";
import { classScores } from "./class-scores.ts";
import type { ImageEvaluation } from "./evaluate-image.ts";
import { meanOf, type ScoreName, type Scores, type Spread, scoreNames, spreadOf, type TruthKind } from "./scores.ts";

/** Scores of one run over the images of a data set. */
export interface DatasetScores {
	/** Mean over the images of each score. */
	readonly mean: Scores;
	/** From the counts of all images as if they were one: boundaries, and matched classes where the truth has classes. */
	readonly together: Scores;
}

/** Scores of several runs over the same images. */
export interface RunsSummary {
	readonly mean: Readonly<Partial<Record<ScoreName, Spread>>>;
	readonly together: Readonly<Partial<Record<ScoreName, Spread>>>;
}

/**
 * Join the images of one run. Images without a score (NaN) are left out of the mean of that score.
 *
 * Convention: matched classes of all images together mean something only where a segment id means the same in every
 * image.
 *
 * @throws DinosegError LABEL_OUT_OF_RANGE for too many classes.
 */
export function datasetScores(images: readonly ImageEvaluation[], kind: TruthKind): DatasetScores {
	const mean = Object.fromEntries(
		scoreNames(kind).map((score) => [score, meanOf(images.map(({ scores }) => scores[score] ?? Number.NaN))]),
	);
	const boundary = boundaryOfAll(images);
	if (kind === "regions") {
		return { mean, together: boundary };
	}
	const sum = createTableSum();
	for (const table of images.flatMap(({ tables }) => tables)) {
		sum.add(table);
	}
	return { mean, together: { ...boundary, ...classScores(sum.table(), "datasetScores") } };
}

function boundaryOfAll(images: readonly ImageEvaluation[]): Scores {
	const counted = images.filter(({ scores }) => !Number.isNaN(scores.covering));
	if (counted.length === 0) {
		return { boundaryPrecision: Number.NaN, boundaryRecall: Number.NaN, boundaryF: Number.NaN };
	}
	const { precision, recall, f } = boundaryScores(
		counted.map(({ boundary }) => boundary).reduce((sum, counts) => addBoundaryCounts(sum, counts)),
	);
	return { boundaryPrecision: precision, boundaryRecall: recall, boundaryF: f };
}

/** Mean and standard deviation over runs, which differ in their seed, of the scores of each. */
export function summariseRuns(runs: readonly DatasetScores[]): RunsSummary {
	return { mean: spreads(runs.map(({ mean }) => mean)), together: spreads(runs.map(({ together }) => together)) };
}

function spreads(runs: readonly Scores[]): Partial<Record<ScoreName, Spread>> {
	const names = Object.keys(runs[0] ?? {}) as ScoreName[];
	return Object.fromEntries(names.map((score) => [score, spreadOf(runs.map((run) => run[score] ?? Number.NaN))]));
}

/** Adds up contingency tables by their labels. Memory does not grow with their number. */
interface TableSum {
	add(table: ContingencyTable): void;
	/** All that was added, as one table. */
	table(): ContingencyTable;
}

function createTableSum(): TableSum {
	const counts = new Map<number, Map<number, number>>();
	return {
		add({ truthLabels, predictedLabels, cells }) {
			for (const { row, column, count } of cells) {
				const truth = truthLabels[row];
				const predicted = predictedLabels[column];
				const ofTruth = counts.get(truth) ?? new Map<number, number>();
				counts.set(truth, ofTruth.set(predicted, (ofTruth.get(predicted) ?? 0) + count));
			}
		},
		table() {
			const truthLabels = [...counts.keys()].sort((a, b) => a - b);
			const occurring = new Set([...counts.values()].flatMap((ofTruth) => [...ofTruth.keys()]));
			const predictedLabels = [...occurring].sort((a, b) => a - b);
			const columns = new Map(predictedLabels.map((label, column) => [label, column]));
			const truthSizes = new Float64Array(truthLabels.length);
			const predictedSizes = new Float64Array(predictedLabels.length);
			const cells = truthLabels.flatMap((label, row) =>
				[...(counts.get(label) as Map<number, number>)]
					.map(([predicted, count]) => ({ row, column: columns.get(predicted) as number, count }))
					.sort((a, b) => a.column - b.column),
			);
			for (const { row, column, count } of cells) {
				truthSizes[row] += count;
				predictedSizes[column] += count;
			}
			const total = truthSizes.reduce((sum, size) => sum + size, 0);
			return { truthLabels, predictedLabels, truthSizes, predictedSizes, cells, total };
		},
	};
}
