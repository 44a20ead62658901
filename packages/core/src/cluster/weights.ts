import { DinosegError } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";

/** How much each point counts, 0 or more, finite, not all 0. Shape (N,). */
export type Weights = Float32Array | Float64Array;

/** The points that count, and how much. */
export interface WeightedPoints {
	readonly points: Matrix;
	/** Above 0. Shape (N,). */
	readonly weights: Float64Array;
}

/** Every point counts once. */
export function unitWeights(count: number): Float64Array {
	return new Float64Array(count).fill(1);
}

/**
 * Leave out the points of weight 0.
 *
 * @param weights shape (N,). Default: every point counts once.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID for weights that are negative, not finite or all 0.
 */
export function positivePoints(where: string, points: Matrix, weights: Weights | undefined): WeightedPoints {
	if (weights === undefined) {
		return { points, weights: unitWeights(points.rows) };
	}
	if (weights.length !== points.rows) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${where}: weights (N,) must hold one value for each of the ${points.rows} points, got ${weights.length}.`,
			{ details: { expected: points.rows, actual: weights.length } },
		);
	}
	const invalid = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
	if (invalid >= 0) {
		throw invalidWeights(`${where}: weights must be finite and 0 or more, got ${weights[invalid]} at ${invalid}.`);
	}
	const kept = Array.from(weights.keys()).filter((i) => weights[i] > 0);
	if (kept.length === 0) {
		throw invalidWeights(`${where}: at least one weight must be above 0, got none.`);
	}
	if (kept.length === points.rows) {
		return { points, weights: Float64Array.from(weights) };
	}
	const { cols } = points;
	const data = new Float32Array(kept.length * cols);
	for (let i = 0; i < kept.length; i++) {
		data.set(points.data.subarray(kept[i] * cols, (kept[i] + 1) * cols), i * cols);
	}
	return { points: { data, rows: kept.length, cols }, weights: Float64Array.from(kept, (i) => weights[i]) };
}

function invalidWeights(message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option: "weights" } });
}
