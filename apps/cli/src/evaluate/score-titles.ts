import type { ScoreName, TruthKind } from "@dinoseg/core/metrics";

/** How people read a score. */
export interface ScoreTitle {
	readonly title: string;
	/** For narrow columns. */
	readonly short: string;
	readonly digits: number;
	/** What is good: a score from 0 (worst) to 1, one that should be small, or neither. */
	readonly direction: "share" | "small" | "neutral";
}

const share = (title: string, short = title): ScoreTitle => ({ title, short, digits: 3, direction: "share" });

export const SCORE_TITLES: Readonly<Record<ScoreName, ScoreTitle>> = {
	covering: share("covering"),
	probabilisticRandIndex: share("Rand index (PRI)", "PRI"),
	variationOfInformation: {
		title: "variation of information, bits (less is better)",
		short: "VI, bits",
		digits: 3,
		direction: "small",
	},
	boundaryPrecision: share("boundary precision"),
	boundaryRecall: share("boundary recall"),
	boundaryF: share("boundary F"),
	adjustedRandIndex: share("adjusted Rand index (ARI)", "ARI"),
	normalisedMutualInformation: share("normalised mutual information (NMI)", "NMI"),
	segments: { title: "segments", short: "segments", digits: 1, direction: "neutral" },
	meanIouOneToOne: share("mean IoU, one-to-one", "mean IoU, 1:1"),
	pixelAccuracyOneToOne: share("pixel accuracy, one-to-one", "accuracy, 1:1"),
	meanIouManyToOne: share("mean IoU, many-to-one", "mean IoU, n:1"),
	pixelAccuracyManyToOne: share("pixel accuracy, many-to-one", "accuracy, n:1"),
};

/** The score by which images are called good or bad. */
export function rankingScore(kind: TruthKind): ScoreName {
	return kind === "classes" ? "meanIouOneToOne" : "covering";
}

/** A score as a number for people; a dash where there is none. */
export function formatScore(name: ScoreName, value: number | undefined): string {
	return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(SCORE_TITLES[name].digits);
}
