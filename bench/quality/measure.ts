import type { Scores } from "@dinoseg/core/metrics";
import { progress } from "../harness/progress.ts";
import type { Measured, TruthImage } from "./data.ts";
import type { ScorePool } from "./score-pool.ts";
import { optionsOf, type Setting } from "./settings.ts";

/** A setting with everything that decides its result. */
export interface Run {
	readonly setting: Setting;
	readonly seed: number;
}

/** The scores of a run: for each data set those of its images, in their order. */
export type RunScores = Readonly<Record<Measured, readonly Scores[]>>;

/** Score every run on every image. Runs that one image has in common with others share its tokens. */
export async function measureRuns(
	pool: ScorePool,
	images: readonly TruthImage[],
	runs: readonly Run[],
): Promise<readonly RunScores[]> {
	const tasks = runs.map(({ setting, seed }) => ({
		options: optionsOf(setting, seed),
		features: setting.features ?? ("tokens" as const),
	}));
	const jobs = images.map((image) => ({ ...image, tasks }));
	const scores = await pool.run(jobs, (done) =>
		progress(`${runs.length} settings on ${done} of ${jobs.length} images`),
	);
	return runs.map((_, run) => {
		const of = (dataset: Measured) =>
			images.flatMap((image, at) => (image.dataset === dataset ? [scores[at][run]] : []));
		return { bsds: of("bsds"), camvid: of("camvid"), coco: of("coco") };
	});
}
