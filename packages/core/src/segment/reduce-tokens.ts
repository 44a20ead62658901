import type { Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { Warning } from "../events.ts";
import { fitPca, type PcaModel, projectPca } from "../linalg/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { appendPosition } from "../points/append-position.ts";
import { averageLocally } from "../points/local-averaging.ts";
import { whitenComponents } from "../points/whiten.ts";
import { type Matrix, type TokenGrid, tokensAsMatrix, unitRows } from "../tensor/index.ts";

/** The tokens of one picture after PCA and what follows it: what is clustered. */
export interface ReducedTokens {
	/** None when PCA was off. */
	readonly model?: PcaModel;
	/**
	 * Principal components, or when PCA was off the tokens, of unit length for the cosine metric; averaged, divided by
	 * powers of their deviations and followed by the place on the grid as the options say. Shape (rows * cols, D).
	 */
	readonly points: Matrix;
	/** PCA_COMPONENTS_LOWERED: more components were asked for than the tokens span. */
	readonly warning?: Warning;
}

/** The options that the points depend on. */
export type ReductionOptions = Pick<SegmentationOptions, "pca" | "metric" | "denoise" | "whiten" | "position">;

/**
 * Fit a PCA to the tokens of one picture, apply it to them, and make of the components what is clustered. For the cosine
 * metric the tokens are scaled to unit length first.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function reduceTokens(kernels: Kernels, grid: TokenGrid, options: ReductionOptions): ReducedTokens {
	checkLength("reduceTokens", "tokens (rows, cols, dim)", grid.data, grid.rows, grid.cols, grid.dim);
	const tokens = options.metric === "cosine" ? unitRows(tokensAsMatrix(grid)) : tokensAsMatrix(grid);
	const { model, warning } = fitPca(kernels, tokens, options.pca);
	const { rows, cols } = grid;
	const components = averageLocally(projectPca(kernels, model, tokens), rows, cols, options.denoise, kernels.check);
	return {
		points: appendPosition(
			whitenComponents(components, options.whiten, kernels.check),
			rows,
			cols,
			options.position,
			kernels.check,
		),
		...(model ? { model } : {}),
		...(warning ? { warning } : {}),
	};
}
