import type { Workspace } from "./engine.ts";

/** Rows or columns of a matrix that lie side by side in a panel, and so in a tile of a product. */
export const PANEL = 4;

/** Bytes of a number. */
export const FLOAT32 = 4;
export const FLOAT64 = 8;

export function panelsOf(size: number): number {
	return Math.ceil(size / PANEL);
}

/** A matrix of float64 sums at 0, padded to whole tiles, in a workspace. */
export interface PaddedMatrix {
	readonly pointer: number;
	/** Bytes from one row to the next. */
	readonly stride: number;
}

export function reserveMatrix(workspace: Workspace, rows: number, columns: number): PaddedMatrix {
	const stride = panelsOf(columns) * PANEL * FLOAT64;
	const bytes = panelsOf(rows) * PANEL * stride;
	const pointer = workspace.reserve(bytes);
	workspace.clear(pointer, bytes);
	return { pointer, stride };
}

/** The matrix without its padding. Shape (rows, columns). */
export function readMatrix(workspace: Workspace, matrix: PaddedMatrix, rows: number, columns: number): Float64Array {
	const result = new Float64Array(rows * columns);
	readMatrixInto(workspace, matrix, result, columns);
	return result;
}

/** @param target shape (rows, columns). */
export function readMatrixInto(
	workspace: Workspace,
	matrix: PaddedMatrix,
	target: Float64Array,
	columns: number,
): void {
	if (matrix.stride === columns * FLOAT64) {
		workspace.read(matrix.pointer, target);
	} else {
		for (let row = 0; row * columns < target.length; row++) {
			workspace.check();
			workspace.read(matrix.pointer + row * matrix.stride, target.subarray(row * columns, (row + 1) * columns));
		}
	}
}

/** Fill a matrix of which the padding does not matter. */
export function writeMatrix(workspace: Workspace, matrix: PaddedMatrix, source: Float64Array, columns: number): void {
	if (matrix.stride === columns * FLOAT64) {
		workspace.write(matrix.pointer, source);
	} else {
		for (let row = 0; row * columns < source.length; row++) {
			workspace.check();
			workspace.write(matrix.pointer + row * matrix.stride, source.subarray(row * columns, (row + 1) * columns));
		}
	}
}

/** Panels that are packed between two checks. */
const PACKED_PANELS = 128;

/** Centred points on their way into panels of columns, one panel after the other. */
interface CentredColumns {
	/** Place of the points, f32 (length, dim). */
	readonly rows: number;
	readonly dim: number;
	/** Place of the mean, f64. */
	readonly means: number;
	/** Points. */
	readonly length: number;
	readonly panels: number;
	/** Place of the panels, f64 (panels, length, PANEL). Written. */
	readonly packed: number;
}

export function packCentredColumns(workspace: Workspace, columns: CentredColumns): void {
	const { rows, dim, means, length, panels, packed } = columns;
	for (let first = 0; first < panels; first += PACKED_PANELS) {
		workspace.check();
		const column = first * PANEL;
		const count = Math.min(PACKED_PANELS, panels - first);
		const target = packed + column * length * FLOAT64;
		const [source, mean] = [rows + column * FLOAT32, means + column * FLOAT64];
		workspace.wasm.packCentredColumns(source, dim * FLOAT32, mean, length, count, target);
	}
}
