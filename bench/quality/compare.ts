import { meanOf, type ScoreName, type Scores, spreadOf } from "@dinoseg/core/metrics";
import type { Measured } from "./data.ts";
import type { RunScores } from "./measure.ts";

/** The scores by which settings are judged. Higher is better in each. */
export const HEADLINES: readonly { readonly dataset: Measured; readonly score: ScoreName; readonly goal: string }[] = [
	{ dataset: "bsds", score: "covering", goal: "regions as people draw them" },
	{ dataset: "bsds", score: "boundaryF", goal: "borders as people draw them" },
	{ dataset: "camvid", score: "meanIouOneToOne", goal: "classes of street scenes" },
	{ dataset: "coco", score: "meanIouOneToOne", goal: "classes of everyday photographs" },
];

export type Verdict = "better" | "worse" | "unclear";

/** Differences below it matter to nobody, however sure they are. */
const SMALLEST_CLEAR = 0.005;

/** How one setting differs from another on the same images. */
export interface Difference {
	readonly mean: number;
	/** Standard error of the mean over the images. */
	readonly error: number;
	/** Clear from two standard errors and `SMALLEST_CLEAR` on. */
	readonly verdict: Verdict;
}

/** @param lowerIsBetter true for the variation of information. @default false */
export function difference(ours: readonly number[], reference: readonly number[], lowerIsBetter = false): Difference {
	const differences = ours.map((value, at) => value - reference[at]).filter((value) => !Number.isNaN(value));
	const { mean, sd } = spreadOf(differences);
	const error = (sd ?? Number.NaN) / Math.sqrt(differences.length);
	const isClear = Math.abs(mean) > Math.max(2 * error, SMALLEST_CLEAR);
	return { mean, error, verdict: isClear ? (mean > 0 !== lowerIsBetter ? "better" : "worse") : "unclear" };
}

/** The values of one score, one per image. */
export function scoresOf(images: readonly Scores[], name: ScoreName): readonly number[] {
	return images.map((scores) => scores[name] ?? Number.NaN);
}

export function meanScore(scores: RunScores, dataset: Measured, name: ScoreName): number {
	return meanOf(scoresOf(scores[dataset], name));
}
