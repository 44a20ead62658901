import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { exchangePoints } from "./exchange.ts";
import { beginDescent, endDescent, iterateLloyd, type LloydOptions, type MeasuredClustering } from "./lloyd.ts";
import { unitWeights } from "./weights.ts";

/**
 * Lloyd's iteration from given centroids and a pass of Hartigan's exchange in turn, until no point pays to move.
 *
 * @param start shape (K, D). Not modified.
 * @param options `maxIterations` limits each of Lloyd's iterations, and the passes of the exchange.
 * @throws DinosegError ABORTED
 */
export function descend(
	kernels: Kernels,
	points: Matrix,
	start: Float64Array,
	options: LloydOptions,
): MeasuredClustering {
	const weights = options.weights ?? unitWeights(points.rows);
	const state = beginDescent(kernels, points, weights, start);
	iterateLloyd(state, options);
	for (let pass = 0; pass < options.maxIterations && exchangePoints(kernels, points, weights, state); pass++) {
		state.iterations++;
		iterateLloyd(state, options);
	}
	return endDescent(state, weights);
}
