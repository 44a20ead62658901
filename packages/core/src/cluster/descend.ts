import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { exchangePoints } from "./exchange.ts";
import { beginDescent, endDescent, iterateLloyd, type LloydOptions, type MeasuredClustering } from "./lloyd.ts";
import { unitWeights } from "./weights.ts";

export interface DescentOptions extends LloydOptions {
	/** Limit of the passes of the exchange. @default maxIterations */
	readonly exchanges?: number;
}

/**
 * Lloyd's iteration from given centroids and a pass of Hartigan's exchange in turn, until no point pays to move.
 *
 * @param start shape (K, D). Not modified.
 * @param options `maxIterations` limits each of Lloyd's iterations.
 */
export function descend(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: DescentOptions,
): MeasuredClustering {
	const { exchanges = options.maxIterations } = options;
	const weights = options.weights ?? unitWeights(points.rows);
	const state = beginDescent(kernels, points, weights, start);
	iterateLloyd(state, options);
	for (let pass = 0; pass < exchanges && exchangePoints(kernels, points, weights, state); pass++) {
		state.iterations++;
		iterateLloyd(state, options);
	}
	return endDescent(state, weights);
}
