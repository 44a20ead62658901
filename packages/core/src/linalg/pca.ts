import type { Kernels } from "@dinoseg/kernels";
import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import type { Warning } from "../events.ts";
import { OPTION_BOUNDS, type PcaOption } from "../options/index.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { componentsOfColumns, componentsOfRows } from "./components.ts";

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

/**
 * Fit a principal component analysis to the rows of a matrix.
 *
 * Convention: variances are divided by N - 1. The sign of a component is such that its loading of largest magnitude is
 * positive (the first of equals). The rank is the number of variances above 1e-12 of the largest one, at most N - 1;
 * no option keeps more. Points without any variance (one point, or all equal) have rank 0 and keep one component of
 * variance 0, so every score is 0.
 *
 * Source: Jolliffe, Principal Component Analysis, doi:10.1007/b98835; the choice by share as scikit-learn's
 * `PCA(n_components=share, svd_solver="full")` makes it.
 *
 * @param points shape (N, D), N >= 1. Fewer rows than columns go through the Gram matrix.
 * @param option a share strictly between 0 and 1 keeps the fewest components whose cumulative share of the variance is
 *   greater than it; an integer is a count, lowered to the rank with a warning; "off" fits nothing.
 * @throws DinosegError OPTION_INVALID for any other option, SHAPE_MISMATCH for a matrix without rows or of wrong length.
 */
export function fitPca(kernels: Kernels, points: Matrix, option: PcaOption): PcaFit {
	checkMatrix("fitPca", "points", points);
	checkOption(option);
	const { data, rows, cols } = points;
	if (rows < 1 || cols < 1) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`fitPca: points (N, D) must have at least one row and one column, got (${rows}, ${cols}).`,
			{ details: { expected: [1, 1], actual: [rows, cols] } },
		);
	}
	if (option === "off") {
		return { model: undefined };
	}
	const mean = kernels.columnMeans(data, rows, cols);
	const byRows = rows < cols;
	const matrix = byRows ? kernels.gramMatrix(data, rows, cols, mean) : kernels.scatterMatrix(data, rows, cols, mean);
	const size = byRows ? rows : cols;
	let trace = 0;
	for (let i = 0; i < size; i++) {
		trace += matrix[i * size + i];
	}
	let rank = 0;
	const eigen = kernels.symmetricEigen(matrix, size, (values) => {
		rank = rankOf(values, Math.min(rows - 1, cols));
		const wanted = Number.isInteger(option) ? option : countForShare(values, trace, option);
		return Math.max(1, Math.min(wanted, rank));
	});
	const componentCount = eigen.vectors.length / size;

	const explainedVariance = new Float64Array(componentCount);
	const explainedVarianceRatio = new Float64Array(componentCount);
	for (let i = 0; i < Math.min(componentCount, rank); i++) {
		explainedVariance[i] = eigen.values[i] / (rows - 1);
		explainedVarianceRatio[i] = eigen.values[i] / trace;
	}
	const model: PcaModel = {
		mean,
		components: byRows ? componentsOfRows(kernels, points, mean, eigen) : componentsOfColumns(eigen, cols),
		componentCount,
		dim: cols,
		explainedVariance,
		explainedVarianceRatio,
		totalVariance: rows > 1 ? trace / (rows - 1) : 0,
	};
	return Number.isInteger(option) && componentCount < option
		? { model, warning: loweredWarning(option, rank, points) }
		: { model };
}

/**
 * Scores of the rows of a matrix: (x - mean) times the transposed components.
 *
 * @param model from `fitPca`; undefined ("off") returns `points` themselves.
 * @param points shape (N, D) with D = `model.dim`. Not modified.
 * @returns shape (N, componentCount).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function projectPca(kernels: Kernels, model: PcaModel | undefined, points: Matrix): Matrix {
	checkMatrix("projectPca", "points", points);
	if (model === undefined) {
		return points;
	}
	const { mean, components, componentCount, dim } = model;
	checkLength("projectPca", "model.components (componentCount, dim)", components, componentCount, dim);
	if (points.cols !== dim) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`projectPca: points must be (N, ${dim}) to match the fitted model, got (${points.rows}, ${points.cols}). ` +
				"Use tokens of the same network and facet as those that the model was fitted to.",
			{ details: { expected: dim, actual: points.cols } },
		);
	}
	return {
		data: kernels.project(points.data, points.rows, dim, mean, components, componentCount),
		rows: points.rows,
		cols: componentCount,
	};
}

function checkOption(option: PcaOption): void {
	if (option === "off") {
		return;
	}
	if (Number.isInteger(option)) {
		checkInteger("fitPca", "pca", option, OPTION_BOUNDS.pcaComponents);
	} else if (!(option > 0 && option < 1)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`fitPca: pca must be a share strictly between 0 and 1, a count of components, or "off", got ${option}.`,
			{ details: { option: "pca", value: option } },
		);
	}
}

/** Number of eigenvalues that stand above rounding, at most `limit`. */
function rankOf(values: Float64Array, limit: number): number {
	const threshold = Math.max(0, values[0] * NEGLIGIBLE_VARIANCE);
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

function loweredWarning(wanted: number, rank: number, points: Matrix): Warning {
	return {
		code: "PCA_COMPONENTS_LOWERED",
		message:
			`PCA with ${wanted} components was asked for, but the ${points.rows} tokens of ${points.cols} dimensions ` +
			`span only ${rank}. Using ${Math.max(1, rank)}.`,
	};
}
