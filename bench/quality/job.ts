import type { Scores, TruthReading } from "@dinoseg/core/metrics";
import type { PartialOptions } from "@dinoseg/core/options";
import type { DatasetName } from "@dinoseg/node/datasets";
import type { Setting } from "./settings.ts";

/** One label map to make and to score. */
export interface Task {
	readonly options: PartialOptions;
	readonly features: NonNullable<Setting["features"]>;
}

/** What one process does with one image. */
export interface Job {
	readonly id: string;
	readonly dataset: DatasetName;
	readonly photograph: string;
	/** One label PNG per annotator. */
	readonly truth: readonly string[];
	readonly reading: TruthReading;
	readonly tasks: readonly Task[];
}

/** The scores of each task of a job, in their order. */
export type JobScores = readonly Scores[];

/** What a process answers. */
export type Answer = { readonly scores: JobScores } | { readonly error: string };
