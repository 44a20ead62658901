import { type Check, checkedParts } from "@dinoseg/kernels";
import { boxMean, type Cells } from "./cells.ts";

/** Variance of a colour (0 to 1) below which an edge is taken for noise. */
const REGULARISATION = 1e-3;

/** The share of each label around each cell as a linear function of the colour. */
export interface LinearModels {
	/** For each label the factors of red, green and blue, and an offset. Shape (labels, 4, cells). */
	readonly coefficients: Float64Array;
	readonly labels: number;
}

/**
 * Fit the shares of all labels to the colours within each window by least squares with a penalty on the factors.
 *
 * Source: He, Sun and Tang 2013, doi:10.1109/TPAMI.2012.213, equations 19 and 20.
 *
 * @param colors mean colours, 0 to 1. Shape (3, cells).
 * @param shares shape (labels, cells).
 * @param reach  cells on each side of a window's middle.
 */
export function solveModels(
	check: Check,
	cells: Cells,
	colors: Float64Array,
	shares: Float64Array,
	labels: number,
	reach: number,
): LinearModels {
	const { count } = cells;
	const channel = (c: number) => colors.subarray(c * count, (c + 1) * count);
	const meanOf = (value: (cell: number) => number): Float64Array => {
		const values = new Float64Array(count);
		for (const { from, to } of checkedParts(check, count)) {
			for (let cell = from; cell < to; cell++) {
				values[cell] = value(cell);
			}
		}
		boxMean(check, cells, values, reach);
		return values;
	};
	const [red, green, blue] = [channel(0), channel(1), channel(2)];
	const means = [red, green, blue].map((values) => meanOf((cell) => values[cell]));
	const covariance = (a: number, b: number): Float64Array => {
		const [x, y] = [channel(a), channel(b)];
		const products = meanOf((cell) => x[cell] * y[cell]);
		for (const { from, to } of checkedParts(check, count)) {
			for (let cell = from; cell < to; cell++) {
				products[cell] -= means[a][cell] * means[b][cell];
			}
		}
		return products;
	};
	const spread = [
		covariance(0, 0),
		covariance(0, 1),
		covariance(0, 2),
		covariance(1, 1),
		covariance(1, 2),
		covariance(2, 2),
	];
	const inverse = new Float64Array(6 * count);
	for (const { from, to } of checkedParts(check, count)) {
		for (let cell = from; cell < to; cell++) {
			invertSymmetric(
				spread[0][cell] + REGULARISATION,
				spread[1][cell],
				spread[2][cell],
				spread[3][cell] + REGULARISATION,
				spread[4][cell],
				spread[5][cell] + REGULARISATION,
				inverse.subarray(6 * cell, 6 * cell + 6),
			);
		}
	}

	const coefficients = new Float64Array(labels * 4 * count);
	for (let label = 0; label < labels; label++) {
		const share = shares.subarray(label * count, (label + 1) * count);
		const mean = meanOf((cell) => share[cell]);
		const together = [red, green, blue].map((values) => meanOf((cell) => values[cell] * share[cell]));
		for (const { from, to } of checkedParts(check, count)) {
			for (let cell = from; cell < to; cell++) {
				const r = together[0][cell] - means[0][cell] * mean[cell];
				const g = together[1][cell] - means[1][cell] * mean[cell];
				const b = together[2][cell] - means[2][cell] * mean[cell];
				const at = 6 * cell;
				const forRed = inverse[at] * r + inverse[at + 1] * g + inverse[at + 2] * b;
				const forGreen = inverse[at + 1] * r + inverse[at + 3] * g + inverse[at + 4] * b;
				const forBlue = inverse[at + 2] * r + inverse[at + 4] * g + inverse[at + 5] * b;
				const place = label * 4 * count + cell;
				coefficients[place] = forRed;
				coefficients[place + count] = forGreen;
				coefficients[place + 2 * count] = forBlue;
				coefficients[place + 3 * count] =
					mean[cell] - forRed * means[0][cell] - forGreen * means[1][cell] - forBlue * means[2][cell];
			}
		}
	}
	return { coefficients, labels };
}

/** Inverse of the symmetric, positive definite matrix of rows (a, b, c), (b, d, e), (c, e, f), in the same order. */
function invertSymmetric(
	a: number,
	b: number,
	c: number,
	d: number,
	e: number,
	f: number,
	inverse: Float64Array,
): void {
	const cofactorA = d * f - e * e;
	const cofactorB = c * e - b * f;
	const cofactorC = b * e - c * d;
	const determinant = a * cofactorA + b * cofactorB + c * cofactorC;
	inverse[0] = cofactorA / determinant;
	inverse[1] = cofactorB / determinant;
	inverse[2] = cofactorC / determinant;
	inverse[3] = (a * f - c * c) / determinant;
	inverse[4] = (b * c - a * e) / determinant;
	inverse[5] = (a * d - b * b) / determinant;
}
