import { checkInteger, checkLength } from "../errors/index.ts";

/**
 * How a position table is resized to another grid.
 *
 * - `official`: from the scale factor `(n + 0.1) / side`, as facebookresearch/dinov2 and older transformers do.
 * - `hf`: from the sizes, `n / side`, as current transformers do.
 */
export type PositionGridRule = "official" | "hf";

/** The bicubic kernel's free parameter in torch's `interpolate`. */
const CUBIC_A = -0.75;

/** Taps per axis. */
const TAPS = 4;

/** Largest side of a grid: a patch of 1 pixel and a picture of 4096 x 4096. */
const GRID_BOUNDS = { min: 1, max: 4096 };

/** Which `TAPS` cells of the table make each cell of the grid along one axis. */
interface AxisTaps {
	/** Shape (cells, TAPS), clamped to the table. */
	readonly index: Int32Array;
	/** Shape (cells, TAPS). */
	readonly weight: Float64Array;
}

/**
 * Resize the position table of a model without register tokens to a grid of patches.
 *
 * Convention: rows before columns; cell centres at i + 0.5 (align_corners = false); bicubic with a = -0.75, no
 * antialiasing, cells beyond the border clamped. A grid of (side, side) returns the table's values unchanged, under
 * either rule. The rules differ by up to 0.1 in the values of a position: tokens made with one are not those of the other.
 *
 * Source: facebookresearch/dinov2, dinov2/models/vision_transformer.py, interpolate_pos_encoding; `hf`:
 * huggingface/transformers, models/dinov2/modeling_dinov2.py, interpolate_pos_encoding.
 *
 * @param table Float32Array, shape (side * side, channels), without the class token's row. Not modified.
 * @returns Float32Array, shape (rows * cols, channels), row-major; never the table itself.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function interpolatePositions(
	table: Float32Array,
	side: number,
	channels: number,
	rows: number,
	cols: number,
	rule: PositionGridRule,
): Float32Array {
	const where = "interpolatePositions";
	checkInteger(where, "rows", rows, GRID_BOUNDS);
	checkInteger(where, "cols", cols, GRID_BOUNDS);
	checkLength(where, "table (side, side, channels)", table, side, side, channels);
	if (rows === side && cols === side) {
		return table.slice();
	}
	const vertical = axisTaps(rows, side, rule);
	const horizontal = axisTaps(cols, side, rule);
	const result = new Float32Array(rows * cols * channels);
	/** One row of the grid on the table's columns, shape (side, channels). */
	const line = new Float64Array(side * channels);
	for (let row = 0; row < rows; row++) {
		blendTableRows(table, vertical, row, line);
		for (let col = 0; col < cols; col++) {
			blendLineCells(line, horizontal, col, result.subarray((row * cols + col) * channels), channels);
		}
	}
	return result;
}

function blendTableRows(table: Float32Array, taps: AxisTaps, row: number, line: Float64Array): void {
	const [a, b, c, d] = taps.weight.subarray(row * TAPS, (row + 1) * TAPS);
	const [p, q, r, s] = Array.from(taps.index.subarray(row * TAPS, (row + 1) * TAPS), (index) => index * line.length);
	for (let i = 0; i < line.length; i++) {
		line[i] = a * table[p + i] + b * table[q + i] + c * table[r + i] + d * table[s + i];
	}
}

function blendLineCells(line: Float64Array, taps: AxisTaps, col: number, cell: Float32Array, channels: number): void {
	const [a, b, c, d] = taps.weight.subarray(col * TAPS, (col + 1) * TAPS);
	const [p, q, r, s] = Array.from(taps.index.subarray(col * TAPS, (col + 1) * TAPS), (index) => index * channels);
	for (let i = 0; i < channels; i++) {
		cell[i] = a * line[p + i] + b * line[q + i] + c * line[r + i] + d * line[s + i];
	}
}

function axisTaps(cells: number, side: number, rule: PositionGridRule): AxisTaps {
	const index = new Int32Array(cells * TAPS);
	const weight = new Float64Array(cells * TAPS);
	const step = rule === "official" ? side / (cells + 0.1) : side / cells;
	for (let cell = 0; cell < cells; cell++) {
		const source = (cell + 0.5) * step - 0.5;
		const first = Math.floor(source) - 1;
		for (let tap = 0; tap < TAPS; tap++) {
			index[cell * TAPS + tap] = Math.min(Math.max(first + tap, 0), side - 1);
			weight[cell * TAPS + tap] = cubicWeight(Math.abs(source - (first + tap)));
		}
	}
	return { index, weight };
}

/** Source: Keys 1981, doi:10.1109/TASSP.1981.1163711. */
function cubicWeight(distance: number): number {
	if (distance <= 1) {
		return ((CUBIC_A + 2) * distance - (CUBIC_A + 3)) * distance * distance + 1;
	}
	return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * CUBIC_A : 0;
}
