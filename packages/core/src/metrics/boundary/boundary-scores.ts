import { checkLength } from "../../errors/index.ts";
import { boundaryMap, type LabelRaster } from "./boundary-map.ts";
import { matchPixels } from "./match-pixels.ts";

/** Share of the picture's diagonal that two boundary pixels may be apart. */
export const BOUNDARY_TOLERANCE = 0.0075;

/** Counts of boundary pixels that add up over pictures. */
export interface BoundaryCounts {
	/** Boundary pixels of the prediction that some annotator has too. */
	readonly matchedPredicted: number;
	readonly predicted: number;
	/** Boundary pixels of all annotators that the prediction has too. */
	readonly matchedTruth: number;
	readonly truth: number;
}

export interface BoundaryScores {
	readonly precision: number;
	readonly recall: number;
	/** Harmonic mean of both. */
	readonly f: number;
}

export interface BoundaryOptions {
	/** Largest distance of a pair as a share of the diagonal. @default 0.0075 */
	readonly tolerance?: number;
	/** Boundaries of and beside pixels with this label in an annotation do not count. @default none */
	readonly ignoreLabel?: number;
}

/**
 * Compare the boundaries of a segmentation with those of everybody who drew one of the same picture. Pixels are matched
 * one to one with each annotator's.
 *
 * Source: Martin, Fowlkes and Malik 2004, doi:10.1109/TPAMI.2004.1273918; BSDS500 bench.
 *
 * @param annotations label maps of the same size. At least one.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function boundaryCounts(
	annotations: readonly LabelRaster[],
	predicted: LabelRaster,
	{ tolerance = BOUNDARY_TOLERANCE, ignoreLabel }: BoundaryOptions = {},
): BoundaryCounts {
	const { width, height } = predicted;
	checkLength("boundaryCounts", "predicted (height, width)", predicted.data, height, width);
	const radius = tolerance * Math.sqrt(width * width + height * height);
	const boundary = boundaryMap(predicted);
	const counted = new Uint8Array(boundary.length);
	const hit = new Uint8Array(boundary.length);
	let matchedTruth = 0;
	let truth = 0;
	for (const annotation of annotations) {
		checkLength("boundaryCounts", "annotation (height, width of predicted)", annotation.data, height, width);
		const truthMap = { data: annotation.data, width, height };
		const drawn = boundaryMap(truthMap);
		const here = boundary.slice();
		clearIgnored([drawn, here], truthMap, ignoreLabel);
		const { matched, count } = matchPixels(here, drawn, width, height, radius);
		for (let at = 0; at < boundary.length; at++) {
			counted[at] |= here[at];
			hit[at] |= matched[at];
		}
		matchedTruth += count;
		truth += sum(drawn);
	}
	return { matchedPredicted: sum(hit), predicted: sum(counted), matchedTruth, truth };
}

/** Counts of several pictures together. */
export function addBoundaryCounts(a: BoundaryCounts, b: BoundaryCounts): BoundaryCounts {
	return {
		matchedPredicted: a.matchedPredicted + b.matchedPredicted,
		predicted: a.predicted + b.predicted,
		matchedTruth: a.matchedTruth + b.matchedTruth,
		truth: a.truth + b.truth,
	};
}

/**
 * Precision, recall and their harmonic mean.
 *
 * Convention: precision is 1 where nothing is predicted and recall is 1 where nothing is drawn; F is 0 where both are 0.
 */
export function boundaryScores({ matchedPredicted, predicted, matchedTruth, truth }: BoundaryCounts): BoundaryScores {
	const precision = predicted === 0 ? 1 : matchedPredicted / predicted;
	const recall = truth === 0 ? 1 : matchedTruth / truth;
	const total = precision + recall;
	return { precision, recall, f: total === 0 ? 0 : (2 * precision * recall) / total };
}

/** Clear the pixels that are ignored, or of which the right, lower or lower right neighbour is. */
function clearIgnored(
	maps: readonly Uint8Array[],
	{ data, width, height }: LabelRaster,
	label: number | undefined,
): void {
	if (label === undefined) {
		return;
	}
	for (let at = 0; at < width * height; at++) {
		const right = at % width < width - 1 ? 1 : 0;
		const below = at + width < width * height ? width : 0;
		if (
			data[at] === label ||
			data[at + right] === label ||
			data[at + below] === label ||
			data[at + below + right] === label
		) {
			for (const map of maps) {
				map[at] = 0;
			}
		}
	}
}

function sum(values: Uint8Array): number {
	let total = 0;
	for (let at = 0; at < values.length; at++) {
		total += values[at];
	}
	return total;
}
