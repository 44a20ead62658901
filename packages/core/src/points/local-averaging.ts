import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, checkLength } from "../errors/index.ts";
import { DENOISE_PASSES } from "../options/index.ts";
import type { Matrix } from "../tensor/index.ts";
import { totalVariance } from "./variances.ts";

/** Places on each side of a point along both axes that are averaged with it. */
export const RADIUS = 2;

/**
 * Replace each point by a mean over itself and those neighbours on the grid that are alike, some times over: noise goes,
 * borders between unlike points stay.
 *
 * Convention: neighbours are the 24 points at most two places away along both axes. One at squared distance d counts
 * (1 - d / h)^2, and nothing from d = h on; h is the variance of all points.
 * Source: Tomasi and Manduchi 1998, "Bilateral filtering for gray and color images", doi:10.1109/ICCV.1998.710815, with
 * Tukey's biweight, which needs no exponential.
 *
 * @param points shape (rows * cols, D). Not modified.
 * @param passes times over, 0 to 16.
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns shape (rows * cols, D).
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function averageLocally(
	points: Matrix,
	rows: number,
	cols: number,
	passes: number,
	check: Check = noCheck,
): Matrix {
	checkInteger("averageLocally", "passes", passes, DENOISE_PASSES);
	checkLength("averageLocally", "points (rows, cols, D)", points.data, rows, cols, points.cols);
	const reach = totalVariance(points, check);
	let averaged = points;
	for (let pass = 0; pass < passes && reach > 0; pass++) {
		averaged = averageOnce(check, averaged, rows, cols, reach);
	}
	return averaged;
}

function averageOnce(check: Check, { data, cols: dim }: Matrix, rows: number, cols: number, reach: number): Matrix {
	const sums = new Float64Array(data.length);
	checkedCopy(check, data, sums);
	const weights = new Float64Array(rows * cols).fill(1);
	for (const [down, right] of FORWARD_NEIGHBOURS) {
		for (let row = 0; row + down < rows; row++) {
			check();
			for (let col = Math.max(0, -right); col < cols && col + right < cols; col++) {
				const point = row * cols + col;
				const other = (row + down) * cols + col + right;
				const weight = likeness(data, point * dim, data, other * dim, dim, reach);
				if (weight > 0) {
					weights[point] += weight;
					weights[other] += weight;
					exchange(sums, data, point * dim, other * dim, dim, weight);
				}
			}
		}
	}
	return meansOf(sums, weights, dim, check);
}

/**
 * Weighted sums divided by their weights.
 *
 * @param sums    shape (N, dim).
 * @param weights above 0. Shape (N,).
 * @param check   called every some thousand elements; what it throws ends the call.
 * @returns shape (N, dim).
 */
export function meansOf(sums: Float64Array, weights: Float64Array, dim: number, check: Check): Matrix {
	const data = new Float32Array(sums.length);
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let at = from; at < to; at++) {
			data[at] = sums[at] / weights[Math.floor(at / dim)];
		}
	}
	return { data, rows: weights.length, cols: dim };
}

/** Half of the neighbours: each pair of points is looked at once. */
const FORWARD_NEIGHBOURS: readonly (readonly [down: number, right: number])[] = Array.from(
	{ length: (RADIUS + 1) * (2 * RADIUS + 1) },
	(_, at) => [Math.floor(at / (2 * RADIUS + 1)), (at % (2 * RADIUS + 1)) - RADIUS] as const,
).filter(([down, right]) => down > 0 || right > 0);

/** How much a point counts in the mean of another one, 0 to 1. @param point, other where they begin. */
export function likeness(
	data: Float32Array,
	point: number,
	others: Float32Array,
	other: number,
	dim: number,
	reach: number,
): number {
	let distance = 0;
	for (let d = 0; d < dim; d++) {
		const difference = data[point + d] - others[other + d];
		distance += difference * difference;
	}
	const left = 1 - distance / reach;
	return left > 0 ? left * left : 0;
}

function exchange(
	sums: Float64Array,
	data: Float32Array,
	point: number,
	other: number,
	dim: number,
	weight: number,
): void {
	for (let d = 0; d < dim; d++) {
		sums[point + d] += weight * data[other + d];
		sums[other + d] += weight * data[point + d];
	}
}
