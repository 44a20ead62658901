import type { Check, Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../errors/index.ts";
import type { PcaOption } from "../options/index.ts";
import { componentsOfColumns } from "./components.ts";
import { bigIntAt } from "./exact-sums.ts";
import { checkMoments, type Moments, STEPS } from "./moments.ts";
import { checkPcaOption, type PcaFit, principalComponents } from "./principal-components.ts";

/**
 * Fit a principal component analysis to all points that were added up in moments.
 *
 * Convention: as `fitPca`, and the same bytes however the moments came about. The scatter matrix about the mean is made
 * from exact integers and rounded once, so a mean far from 0 costs no digits. What remains is that moments round small
 * elements of the points to multiples of 2^-26: variances differ from those of `fitPca` by less than 1e-9 of the total
 * for tokens of a network, by less than 1e-7 for tokens of length 1. Variances up to about 2^-52 count as that rounding,
 * not as rank.
 *
 * @param option as in `fitPca`.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH for moments of no points or of wrong length.
 */
export function fitPcaToMoments(kernels: Kernels, moments: Moments, option: PcaOption): PcaFit {
	checkMoments("fitPcaToMoments", "moments", moments);
	checkPcaOption("fitPcaToMoments", option);
	const { count, dim } = moments;
	if (count < 1) {
		throw new DinosegError("SHAPE_MISMATCH", `fitPcaToMoments: moments must be of at least one point, got ${count}.`, {
			details: { expected: 1, actual: count },
		});
	}
	if (option === "off") {
		return { model: undefined };
	}
	const sums = Array.from({ length: dim }, (_, d) => bigIntAt(moments.sums, d));
	return principalComponents(
		kernels,
		{
			count,
			dim,
			mean: Float64Array.from(sums, (sum) => Number(sum) / count / STEPS),
			matrix: scatterOf(kernels.check, moments, sums),
			size: dim,
			// Rounding has a variance of up to 2^-52 / 12 a column; its largest eigenvalue stays well below this.
			rounding: (count + dim) / (STEPS * STEPS),
			componentsOf: (eigen) => componentsOfColumns(kernels.check, eigen, dim),
		},
		option,
	);
}

/** Sum over points of (x - mean)(x - mean)^T. Shape (dim, dim). */
function scatterOf(check: Check, { count, dim, products }: Moments, sums: readonly bigint[]): Float64Array {
	const scatter = new Float64Array(dim * dim);
	const points = BigInt(count);
	let at = 0;
	for (let i = 0; i < dim; i++) {
		check();
		for (let j = 0; j <= i; j++) {
			const centred = points * bigIntAt(products, at++) - sums[i] * sums[j];
			const value = Number(centred) / count / (STEPS * STEPS);
			scatter[i * dim + j] = value;
			scatter[j * dim + i] = value;
		}
	}
	return scatter;
}

/**
 * Variance of each column of all points that were added up in moments, divided by N - 1; 0 for one point.
 *
 * @returns shape (dim,).
 * @throws DinosegError SHAPE_MISMATCH for moments of wrong length, OPTION_INVALID
 */
export function momentVariances(moments: Moments): Float64Array {
	checkMoments("momentVariances", "moments", moments);
	const { count, dim, sums, products } = moments;
	return Float64Array.from({ length: dim }, (_, d) => {
		const sum = bigIntAt(sums, d);
		const centred = BigInt(count) * bigIntAt(products, (d * (d + 3)) / 2) - sum * sum;
		return count > 1 ? Number(centred) / count / (count - 1) / (STEPS * STEPS) : 0;
	});
}
