import type { Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { Warning } from "../events.ts";
import { fitPca, type PcaModel, projectPca } from "../linalg/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { type Matrix, type TokenGrid, tokensAsMatrix, unitRows } from "../tensor/index.ts";

/** The tokens of one picture after PCA: what is clustered. */
export interface ReducedTokens {
	/** None when PCA was off. */
	readonly model?: PcaModel;
	/** Shape (rows * cols, components); the tokens, of unit length for the cosine metric, when PCA was off. */
	readonly points: Matrix;
	/** PCA_COMPONENTS_LOWERED: more components were asked for than the tokens span. */
	readonly warning?: Warning;
}

/** The options that the points depend on. */
export type ReductionOptions = Pick<SegmentationOptions, "pca" | "metric">;

/**
 * Fit a PCA to the tokens of one picture, and apply it to them. For the cosine metric the tokens are scaled to unit
 * length first.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function reduceTokens(kernels: Kernels, grid: TokenGrid, options: ReductionOptions): ReducedTokens {
	checkLength("reduceTokens", "tokens (rows, cols, dim)", grid.data, grid.rows, grid.cols, grid.dim);
	const tokens = options.metric === "cosine" ? unitRows(tokensAsMatrix(grid)) : tokensAsMatrix(grid);
	const { model, warning } = fitPca(kernels, tokens, options.pca);
	return {
		points: projectPca(kernels, model, tokens),
		...(model ? { model } : {}),
		...(warning ? { warning } : {}),
	};
}
