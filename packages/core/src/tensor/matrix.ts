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

/**
 * Every row divided by its Euclidean length, so that Euclidean distances between rows are those of cosine similarity:
 * |a - b|^2 = 2 - 2 cos(a, b). A row of zeros has no direction and stays as it is.
 *
 * @param points shape (N, D). Not modified.
 */
export function unitRows(points: Matrix): Matrix {
	const { data, rows, cols } = points;
	const scaled = new Float32Array(data.length);
	for (let i = 0; i < rows; i++) {
		const start = i * cols;
		let sum = 0;
		for (let d = start; d < start + cols; d++) {
			sum += data[d] * data[d];
		}
		const length = sum > 0 ? Math.sqrt(sum) : 1;
		for (let d = start; d < start + cols; d++) {
			scaled[d] = data[d] / length;
		}
	}
	return { data: scaled, rows, cols };
}
