import type { GridGeometry } from "@dinoseg/kernels";
import type { Matrix } from "./matrix.ts";

/**
 * The patch tokens of one image on their grid.
 *
 * Convention: the centre of token i along an axis is at `i * stride + patchSize / 2` pixels of the network's input;
 * `rows = floor((inputHeight - patchSize) / stride) + 1`, and the same for columns.
 */
export interface TokenGrid {
	/** Shape (rows, cols, dim), row-major. */
	readonly data: Float32Array;
	/**
	 * Length of each patch's token in the last of the layers, before the final LayerNorm, which hides outliers.
	 * Shape (rows, cols).
	 */
	readonly norms: Float32Array;
	readonly rows: number;
	readonly cols: number;
	readonly dim: number;
	/** Side of a patch, input pixels. */
	readonly patchSize: number;
	/** Step between patches, input pixels. */
	readonly stride: number;
	/** Size of the resized picture that the network saw. */
	readonly inputWidth: number;
	readonly inputHeight: number;
	/** Size of the original picture. */
	readonly imageWidth: number;
	readonly imageHeight: number;
}

/** Where the tokens of a grid lie in the network's input. */
export type GridShape = Pick<TokenGrid, "rows" | "cols" | "patchSize" | "stride" | "inputWidth" | "inputHeight">;

/** Rows and columns of the token grid of an input of a size, pixels. */
export function tokenGridSize(
	{ width, height }: { readonly width: number; readonly height: number },
	patchSize: number,
	stride: number,
): { rows: number; cols: number } {
	const along = (length: number) => Math.floor((length - patchSize) / stride) + 1;
	return { rows: along(height), cols: along(width) };
}

/** The tokens as points: (rows * cols, dim), sharing memory with the grid. */
export function tokensAsMatrix(grid: TokenGrid): Matrix {
	return { data: grid.data, rows: grid.rows * grid.cols, cols: grid.dim };
}

/**
 * Where each pixel of a picture of `width` x `height` lies between the token centres.
 *
 * Convention: pixel centres (half-pixel rule, align_corners = false). With stride = patch this is the plain
 * `(y + 0.5) * rows / height - 0.5`.
 */
export function gridGeometry(grid: GridShape, width: number, height: number): GridGeometry {
	const offset = -grid.patchSize / (2 * grid.stride);
	return {
		rows: grid.rows,
		cols: grid.cols,
		rowScale: grid.inputHeight / (height * grid.stride),
		rowOffset: offset,
		colScale: grid.inputWidth / (width * grid.stride),
		colOffset: offset,
	};
}

/**
 * The grid with every token replaced by the mean of all.
 *
 * For a picture of one colour: all that its tokens differ in is their position, and position alone is no segment.
 */
export function flattenTokens(grid: TokenGrid): TokenGrid {
	const { data, rows, cols, dim } = grid;
	const count = rows * cols;
	const sums = new Float64Array(dim);
	for (let token = 0; token < count; token++) {
		for (let i = 0; i < dim; i++) {
			sums[i] += data[token * dim + i];
		}
	}
	const flat = new Float32Array(data.length);
	for (let token = 0; token < count; token++) {
		for (let i = 0; i < dim; i++) {
			flat[token * dim + i] = sums[i] / count;
		}
	}
	return { ...grid, data: flat };
}
