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

/** A value that was found several times. */
export interface Spread {
	/** NaN where no value is a number. */
	readonly mean: number;
	/** Sample standard deviation (n - 1); null for a single value. */
	readonly sd: number | null;
}

/** The mean of those that are numbers; NaN if none is. */
export function meanOf(values: readonly number[]): number {
	const numbers = values.filter((value) => !Number.isNaN(value));
	return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** Mean and standard deviation of the values that are numbers. */
export function spreadOf(values: readonly number[]): Spread {
	const numbers = values.filter((value) => !Number.isNaN(value));
	const mean = meanOf(numbers);
	if (numbers.length < 2) {
		return { mean, sd: null };
	}
	const squares = numbers.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
	return { mean, sd: Math.sqrt(squares / (numbers.length - 1)) };
}
