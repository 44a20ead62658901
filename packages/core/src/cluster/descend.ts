import type { Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";
import { exchangePoints } from "./exchange.ts";
import { type Clustering, type LloydOptions, lloyd } from "./lloyd.ts";

/**
 * Lloyd's iteration from given centroids, then Hartigan's exchange, and Lloyd's again if that moved anything.
 *
 * @param start shape (K, D). Not modified.
 * @throws DinosegError ABORTED
 */
export function descend(kernels: Kernels, points: Matrix, start: Float64Array, options: LloydOptions): Clustering {
	const found = lloyd(kernels, points, start, options);
	const exchange = exchangePoints(kernels, points, found, options);
	if (exchange.moves === 0) {
		return found;
	}
	const refined = lloyd(kernels, points, exchange.centroids, options);
	return { ...refined, iterations: found.iterations + exchange.passes + refined.iterations };
}

/** The one with more clusters, else with the lower inertia, else the first. */
export function better(first: Clustering, second: Clustering): Clustering {
	const lower = second.clusters === first.clusters ? second.inertia < first.inertia : second.clusters > first.clusters;
	return lower ? second : first;
}
