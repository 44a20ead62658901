import { DinosegError } from "../../errors/index.ts";
import { type BoundaryCounts, boundaryCounts, boundaryScores, type LabelRaster } from "../boundary/index.ts";
import { type ContingencyTable, contingencyTable } from "../contingency-table.ts";
import { normalisedMutualInformation } from "../mutual-information.ts";
import { adjustedRandOf } from "../rand-index.ts";
import { regionScoresOf } from "../region-scores.ts";
import { classScores } from "./class-scores.ts";
import { CLASS_SCORE_NAMES, meanOf, type Scores, scoreNames, type TruthKind } from "./scores.ts";

/** How a truth is to be read. */
export interface TruthReading {
	readonly kind: TruthKind;
	/** Pixels with this label in the truth are left out of every score. @default none */
	readonly ignoreLabel?: number | undefined;
}

export interface ImageToEvaluate extends TruthReading {
	/** What everybody drew who annotated the image, at least one. All of one size. */
	readonly annotations: readonly LabelRaster[];
	readonly predicted: LabelRaster;
	/** What messages call the image. @default "evaluateImage" */
	readonly name?: string;
}

/** Scores of one image, and the counts from which those of all images together are made. */
export interface ImageEvaluation {
	readonly scores: Scores;
	readonly boundary: BoundaryCounts;
	/** Of classes only: one per annotation that has a pixel that counts. */
	readonly tables: readonly ContingencyTable[];
}

/**
 * Compare a segmentation with everything that is known to be true about the image.
 *
 * Convention: covering, Rand index, variation of information and boundaries as the BSDS500 bench has them; all others are
 * means over the annotations. Where the truth leaves no pixel to count, every score but the number of segments is NaN.
 * Source: see the functions of each score.
 *
 * @throws DinosegError SHAPE_MISMATCH for maps of different sizes; LABEL_OUT_OF_RANGE for too many classes.
 */
export function evaluateImage(image: ImageToEvaluate): ImageEvaluation {
	const { annotations, predicted, kind, ignoreLabel, name = "evaluateImage" } = image;
	checkSizes(annotations, predicted, name);
	const options = ignoreLabel === undefined ? {} : { ignoreLabel };
	const tables = annotations
		.map(({ data }) => contingencyTable(data, predicted.data, options))
		.filter(({ total }) => total > 0);
	const boundary = boundaryCounts(annotations, predicted, options);
	const segments = countLabels(predicted.data);
	if (tables.length === 0) {
		const nothing = Object.fromEntries(scoreNames(kind).map((score) => [score, Number.NaN]));
		return { scores: { ...nothing, segments }, boundary, tables: [] };
	}
	const { precision, recall, f } = boundaryScores(boundary);
	const scores = {
		...regionScoresOf(tables),
		boundaryPrecision: precision,
		boundaryRecall: recall,
		boundaryF: f,
		adjustedRandIndex: meanOf(tables.map(adjustedRandOf)),
		normalisedMutualInformation: meanOf(tables.map(normalisedMutualInformation)),
		segments,
	};
	return kind === "classes"
		? { scores: { ...scores, ...meanClassScores(tables, name) }, boundary, tables }
		: { scores, boundary, tables: [] };
}

function meanClassScores(tables: readonly ContingencyTable[], name: string): Scores {
	const each = tables.map((table) => classScores(table, name));
	return Object.fromEntries(CLASS_SCORE_NAMES.map((score) => [score, meanOf(each.map((scores) => scores[score]))]));
}

function countLabels(data: ArrayLike<number>): number {
	const found = new Set<number>();
	let previous = Number.NaN;
	for (let at = 0; at < data.length; at++) {
		// Neighbours mostly have the same label.
		if (data[at] !== previous) {
			previous = data[at];
			found.add(previous);
		}
	}
	return found.size;
}

function checkSizes(annotations: readonly LabelRaster[], { width, height }: LabelRaster, name: string): void {
	for (const [index, truth] of annotations.entries()) {
		if (truth.width !== width || truth.height !== height) {
			throw new DinosegError(
				"SHAPE_MISMATCH",
				`${name}: annotation ${index + 1} must be as large as the segmentation (${width} x ${height}), got ` +
					`${truth.width} x ${truth.height}. Label maps are never resized: segment the image at the size of its truth.`,
				{ details: { expected: [width, height], actual: [truth.width, truth.height] } },
			);
		}
	}
}
