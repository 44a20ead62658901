import {
	datasetScores,
	type ImageEvaluation,
	meanOf,
	type RunsSummary,
	type ScoreName,
	type Scores,
	summariseRuns,
	summariseTrees,
	type TreeEvaluation,
	type TreeSummary,
	type TruthReading,
} from "@dinoseg/core/metrics";
import type { DatasetName } from "@dinoseg/node/datasets";

/** One image with its scores. */
export interface EvaluatedImage {
	readonly id: string;
	/** How many people annotated it. */
	readonly annotators: number;
	/** One per run. */
	readonly runs: readonly ImageEvaluation[];
	/** Of all cuts, if they were asked for. */
	readonly tree?: TreeEvaluation;
}

/** What was scored, and how well it did. */
export interface EvaluatedDataset {
	readonly dataset: DatasetName;
	readonly reading: TruthReading;
	/** In the order of their ids. */
	readonly images: readonly EvaluatedImage[];
	/** Images that could not be scored. */
	readonly failed: number;
	/** Seed of each run; none where the label maps were there already. */
	readonly seeds: readonly number[] | undefined;
	readonly summary: RunsSummary;
	/** Of all cuts, if they were asked for. */
	readonly trees?: TreeSummary;
}

/** @param runs how many each image has. */
export function summarise(images: readonly EvaluatedImage[], runs: number, { kind }: TruthReading): RunsSummary {
	return summariseRuns(
		Array.from({ length: runs }, (_, run) =>
			datasetScores(
				images.map((image) => image.runs[run]),
				kind,
			),
		),
	);
}

/** Scores of all cuts; none where no image has a tree. */
export function summariseCuts(images: readonly EvaluatedImage[]): TreeSummary | undefined {
	const trees = images.flatMap(({ tree }) => tree ?? []);
	return trees.length === 0 ? undefined : summariseTrees(trees);
}

/** Scores of an image: means over its runs. */
export function meanScores({ runs }: EvaluatedImage): Scores {
	const names = Object.keys(runs[0].scores) as ScoreName[];
	return Object.fromEntries(names.map((name) => [name, meanOf(runs.map(({ scores }) => scores[name] ?? Number.NaN))]));
}
