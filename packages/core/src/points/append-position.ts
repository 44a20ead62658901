import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";
import { totalVariance } from "./variances.ts";

/**
 * Give each point its place on the grid as two more components: patches far apart need more in common to be one segment.
 *
 * Convention: both components have mean 0, and together `weight` squared times the variance of all others.
 *
 * @param points shape (rows * cols, D). Not modified.
 * @param weight 0 adds nothing.
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns shape (rows * cols, D + 2), row before column; `points` itself where nothing is to be added.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function appendPosition(
	points: Matrix,
	rows: number,
	cols: number,
	weight: number,
	check: Check = noCheck,
): Matrix {
	checkLength("appendPosition", "points (rows, cols, D)", points.data, rows, cols, points.cols);
	const spread = gridVariance(rows) + gridVariance(cols);
	const scale = weight * Math.sqrt(totalVariance(points, check) / spread);
	if (!(scale > 0) || spread === 0) {
		return points;
	}
	const dim = points.cols;
	const data = new Float32Array(rows * cols * (dim + 2));
	for (let point = 0; point < rows * cols; point++) {
		check();
		const at = point * (dim + 2);
		data.set(points.data.subarray(point * dim, (point + 1) * dim), at);
		data[at + dim] = scale * (Math.floor(point / cols) - (rows - 1) / 2);
		data[at + dim + 1] = scale * ((point % cols) - (cols - 1) / 2);
	}
	return { data, rows: rows * cols, cols: dim + 2 };
}

/** Variance of 0 to count - 1. */
function gridVariance(count: number): number {
	return (count * count - 1) / 12;
}
