import type { Kernels } from "@dinoseg/kernels";
import { checkLength, DinosegError } from "../errors/index.ts";
import type { PcaOption } from "../options/index.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { componentsOfColumns, componentsOfRows } from "./components.ts";
import { checkPcaOption, type PcaFit, type PcaModel, principalComponents } from "./principal-components.ts";

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
	checkPcaOption("fitPca", option);
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
	return principalComponents(
		kernels,
		{
			count: rows,
			dim: cols,
			mean,
			matrix,
			size: byRows ? rows : cols,
			rounding: 0,
			componentsOf: (eigen) =>
				byRows ? componentsOfRows(kernels, points, mean, eigen) : componentsOfColumns(kernels.check, eigen, cols),
		},
		option,
	);
}

/**
 * Scores of the rows of a matrix: (x - mean) times the transposed components.
 *
 * @param model from `fitPca` or `fitPcaToMoments`; undefined ("off") returns `points` themselves.
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
