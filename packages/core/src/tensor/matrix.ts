import { checkLength } from "../errors/index.ts";

/** A dense matrix, row-major. Rows are points (N), columns are dimensions (D). */
export interface Matrix {
	/** Shape (rows, cols). */
	readonly data: Float32Array;
	readonly rows: number;
	readonly cols: number;
}

/**
 * Throw unless `data` holds rows x cols values.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function checkMatrix(where: string, name: string, matrix: Matrix): void {
	checkLength(where, `${name} (rows, cols)`, matrix.data, matrix.rows, matrix.cols);
}
