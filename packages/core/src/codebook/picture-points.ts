import type { Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { averageLocally } from "../points/local-averaging.ts";
import { type Matrix, type TokenGrid, tokensAsMatrix, unitRows } from "../tensor/index.ts";

/** The options that the points depend on, from the tokens on. */
export type PointOptions = Pick<SegmentationOptions, "metric" | "denoise">;

/**
 * What a codebook sees of a picture: its tokens, of length 1 for the cosine metric, averaged with alike neighbours. The
 * place of a token does not count, for it means nothing in another picture.
 *
 * @param grid after repair and debias. Not modified.
 * @returns shape (rows * cols, dim).
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function picturePoints(kernels: Kernels, grid: TokenGrid, { metric, denoise }: PointOptions): Matrix {
	checkLength("picturePoints", "tokens (rows, cols, dim)", grid.data, grid.rows, grid.cols, grid.dim);
	const tokens = metric === "cosine" ? unitRows(tokensAsMatrix(grid)) : tokensAsMatrix(grid);
	return averageLocally(tokens, grid.rows, grid.cols, denoise, kernels.check);
}
