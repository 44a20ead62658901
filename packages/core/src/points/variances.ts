import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { Matrix } from "../tensor/index.ts";

/** Variance of each column, over N and not N - 1. Shape (D,). */
export function componentVariances({ data, rows, cols }: Matrix, check: Check = noCheck): Float64Array {
	// Sums of differences to the first row: equal values have a variance of exactly 0.
	const means = new Float64Array(cols);
	for (let row = 0, at = 0; row < rows; row++) {
		check();
		for (let d = 0; d < cols; d++, at++) {
			means[d] += (data[at] - data[d]) / rows;
		}
	}
	const variances = new Float64Array(cols);
	for (let row = 0, at = 0; row < rows; row++) {
		check();
		for (let d = 0; d < cols; d++, at++) {
			const difference = data[at] - data[d] - means[d];
			variances[d] += (difference * difference) / rows;
		}
	}
	return variances;
}

/** Mean squared distance of the points to their mean. */
export function totalVariance(points: Matrix, check: Check = noCheck): number {
	return componentVariances(points, check).reduce((sum, variance) => sum + variance, 0);
}
