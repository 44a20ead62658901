/** What the labels of a truth mean: nothing but which pixels belong together, or the same class in every image. */
export const TRUTH_KINDS = ["regions", "classes"] as const;
export type TruthKind = (typeof TRUTH_KINDS)[number];

/** Scores that need no classes. */
export const REGION_SCORE_NAMES = [
	"covering",
	"probabilisticRandIndex",
	"variationOfInformation",
	"boundaryPrecision",
	"boundaryRecall",
	"boundaryF",
	"adjustedRandIndex",
	"normalisedMutualInformation",
	"segments",
] as const;

/** Scores of segments that stand for classes. */
export const CLASS_SCORE_NAMES = [
	"meanIouOneToOne",
	"pixelAccuracyOneToOne",
	"meanIouManyToOne",
	"pixelAccuracyManyToOne",
] as const;

export type ScoreName = (typeof REGION_SCORE_NAMES)[number] | (typeof CLASS_SCORE_NAMES)[number];

/** Scores by name. NaN where nothing could be scored. */
export type Scores = Readonly<Partial<Record<ScoreName, number>>>;

/** The scores that a truth of this kind allows, in the order of tables. */
export function scoreNames(kind: TruthKind): readonly ScoreName[] {
	return kind === "classes" ? [...REGION_SCORE_NAMES, ...CLASS_SCORE_NAMES] : REGION_SCORE_NAMES;
}
