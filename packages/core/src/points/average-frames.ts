import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";
import { likeness, meansOf, RADIUS } from "./local-averaging.ts";
import { totalVariance } from "./variances.ts";

/**
 * Replace each point of a frame by a mean over itself and those points of the frames beside it that are alike and near it:
 * what changes for one frame only goes, what moves stays.
 *
 * Convention: as `averageLocally`, with the 25 points of another frame that are at most two places away along both axes.
 *
 * @param points shape (rows * cols, D). Not modified.
 * @param beside points of other frames, of the same shape.
 * @param check  called between rows; what it throws ends the call. Default: none.
 * @returns shape (rows * cols, D).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function averageFrames(
	points: Matrix,
	rows: number,
	cols: number,
	beside: readonly Matrix[],
	check: Check = noCheck,
): Matrix {
	const { data, cols: dim } = points;
	checkLength("averageFrames", "points (rows, cols, D)", data, rows, cols, dim);
	for (const other of beside) {
		checkLength("averageFrames", "points of another frame (rows, cols, D)", other.data, rows, cols, dim);
	}
	const reach = totalVariance(points, check);
	if (beside.length === 0 || reach === 0) {
		return points;
	}
	const sums = Float64Array.from(data);
	const weights = new Float64Array(rows * cols).fill(1);
	for (const other of beside) {
		for (let row = 0; row < rows; row++) {
			check();
			for (let col = 0; col < cols; col++) {
				const point = row * cols + col;
				for (let r = Math.max(0, row - RADIUS); r <= Math.min(rows - 1, row + RADIUS); r++) {
					for (let c = Math.max(0, col - RADIUS); c <= Math.min(cols - 1, col + RADIUS); c++) {
						weights[point] += addAlike(sums, data, point * dim, other.data, (r * cols + c) * dim, dim, reach);
					}
				}
			}
		}
	}
	return meansOf(sums, weights, dim, check);
}

/** @returns the weight with which the other point was added. */
function addAlike(
	sums: Float64Array,
	data: Float32Array,
	point: number,
	others: Float32Array,
	other: number,
	dim: number,
	reach: number,
): number {
	const weight = likeness(data, point, others, other, dim, reach);
	for (let d = 0; weight > 0 && d < dim; d++) {
		sums[point + d] += weight * others[other + d];
	}
	return weight;
}
