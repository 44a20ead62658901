import type { Eigen, Kernels } from "@dinoseg/kernels";
import { checkInteger, DinosegError } from "../errors/index.ts";
import type { Warning } from "../events.ts";
import { PCA_COMPONENTS, type PcaOption } from "../options/index.ts";

/** Share of the largest variance up to which a variance is the rounding of float32 points and of the solution. */
const NEGLIGIBLE_VARIANCE = 1e-12;

/** A fitted principal component analysis. Scores are mean-centred and not whitened. */
export interface PcaModel {
	/** Shape (dim,). */
	readonly mean: Float64Array;
	/** Orthonormal directions, one a row, by falling variance. Shape (componentCount, dim). */
	readonly components: Float64Array;
	readonly componentCount: number;
	readonly dim: number;
	/** Variance along each component, squared units of the points, divided by N - 1. Shape (componentCount,). */
	readonly explainedVariance: Float64Array;
	/** The same as shares of `totalVariance`; all 0 where that is 0. Shape (componentCount,). */
	readonly explainedVarianceRatio: Float64Array;
	/** Sum of the variances of all columns. */
	readonly totalVariance: number;
}

export interface PcaFit {
	/** Undefined for "off": the points are used as they are. */
	readonly model: PcaModel | undefined;
	/** PCA_COMPONENTS_LOWERED: more components were asked for than the points span. */
	readonly warning?: Warning;
}

/** What is known of (N, D) points once they are summed up. */
interface CentredProducts {
	/** N. */
	readonly count: number;
	/** D. */
	readonly dim: number;
	/** Shape (D,). */
	readonly mean: Float64Array;
	/** Scatter matrix (D, D) or Gram matrix (N, N) of the centred points, and its size. */
	readonly matrix: Float64Array;
	readonly size: number;
	/** Eigenvalue of the matrix up to which one may come from rounding the points. */
	readonly rounding: number;
	/** The principal directions that belong to the vectors of the solved matrix. Shape (componentCount, D). */
	componentsOf(eigen: Eigen): Float64Array;
}

/** The components that an option asks for; see `fitPca` for the choice of their number. */
export function principalComponents(
	kernels: Kernels,
	products: CentredProducts,
	option: Exclude<PcaOption, "off">,
): PcaFit {
	const { count, dim, mean, matrix, size } = products;
	let trace = 0;
	for (let i = 0; i < size; i++) {
		trace += matrix[i * size + i];
	}
	let rank = 0;
	const eigen = kernels.symmetricEigen(matrix, size, (values) => {
		rank = rankOf(values, Math.min(count - 1, dim), products.rounding);
		const wanted = Number.isInteger(option) ? option : countForShare(values, trace, option);
		return Math.max(1, Math.min(wanted, rank));
	});
	const componentCount = eigen.vectors.length / size;

	const explainedVariance = new Float64Array(componentCount);
	const explainedVarianceRatio = new Float64Array(componentCount);
	for (let i = 0; i < Math.min(componentCount, rank); i++) {
		explainedVariance[i] = eigen.values[i] / (count - 1);
		explainedVarianceRatio[i] = eigen.values[i] / trace;
	}
	const model: PcaModel = {
		mean,
		components: products.componentsOf(eigen),
		componentCount,
		dim,
		explainedVariance,
		explainedVarianceRatio,
		totalVariance: count > 1 ? trace / (count - 1) : 0,
	};
	return Number.isInteger(option) && componentCount < option
		? { model, warning: loweredWarning(option, rank, products) }
		: { model };
}

/**
 * Throw unless the option is a share, a count or "off".
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkPcaOption(where: string, option: PcaOption): void {
	if (option === "off") {
		return;
	}
	if (Number.isInteger(option)) {
		checkInteger(where, "pca", option, PCA_COMPONENTS);
	} else if (!(option > 0 && option < 1)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${where}: pca must be a share strictly between 0 and 1, a count of components, or "off", got ${option}.`,
			{ details: { option: "pca", value: option } },
		);
	}
}

/** Number of eigenvalues that stand above rounding, at most `limit`. */
function rankOf(values: Float64Array, limit: number, rounding: number): number {
	const threshold = Math.max(rounding, values[0] * NEGLIGIBLE_VARIANCE);
	let rank = 0;
	while (rank < limit && values[rank] > threshold) {
		rank++;
	}
	return rank;
}

/** The fewest leading values whose cumulative share of `total` is greater than `share`. */
function countForShare(values: Float64Array, total: number, share: number): number {
	let cumulative = 0;
	let count = 0;
	while (count < values.length && !(cumulative > share)) {
		cumulative += values[count] / total;
		count++;
	}
	return count;
}

function loweredWarning(wanted: number, rank: number, { count, dim }: CentredProducts): Warning {
	return {
		code: "PCA_COMPONENTS_LOWERED",
		message:
			`PCA with ${wanted} components was asked for, but the ${count} tokens of ${dim} dimensions ` +
			`span only ${rank}. Using ${Math.max(1, rank)}.`,
	};
}
