import { checkInteger, checkLength } from "../../errors/index.ts";
import type { PositionGrid } from "../../options/index.ts";
import type { Dinov2Config } from "../checkpoint.ts";

/**
 * How a position table is resized to another grid.
 *
 * - `official`: bicubic with a = -0.75, cells beyond the border clamped, from the scale factor `(n + 0.1) / side`: the
 *   official code and older transformers releases, for models without registers.
 * - `hf`: the same from the sizes, `n / side`: current transformers releases, for models without registers.
 * - `antialiased`: bicubic with a = -0.5 from the sizes, antialiased where the grid is smaller than the table, the
 *   window cut at the border and its weights brought back to a sum of 1: both, for models with registers.
 */
export type PositionGridRule = PositionGrid | "antialiased";

/** The rule for a model under the option `positionGrid`: with registers there is only one. */
export function positionGridRule(config: Dinov2Config, option: PositionGrid): PositionGridRule {
	return config.registers > 0 ? "antialiased" : option;
}

/** The bicubic kernel's free parameter in torch's `interpolate`. */
const PLAIN_A = -0.75;
/** The same in torch's `interpolate` with `antialias`, as in Pillow. */
const ANTIALIASED_A = -0.5;

/** Half the width of the bicubic kernel, cells. */
const SUPPORT = 2;

/** Largest side of a grid: a patch of 1 pixel and a picture of 4096 x 4096. */
const GRID_BOUNDS = { min: 1, max: 4096 };

/** Which cells of the table make each cell of the grid along one axis. */
interface AxisTaps {
	/** Taps of a cell. */
	readonly taps: number;
	/** Shape (cells, taps), inside the table. */
	readonly index: Int32Array;
	/** Shape (cells, taps). */
	readonly weight: Float64Array;
}

/**
 * Resize a position table to a grid of patches.
 *
 * Convention: rows before columns; cell centres at i + 0.5 (align_corners = false). A grid of (side, side) returns the
 * table's values unchanged, under every rule. `official` and `hf` differ by up to 0.1 in the values of a position: tokens
 * made with one are not those of the other.
 *
 * Source: facebookresearch/dinov2, dinov2/models/vision_transformer.py, interpolate_pos_encoding;
 * huggingface/transformers, models/dinov2/modeling_dinov2.py and
 * models/dinov2_with_registers/modeling_dinov2_with_registers.py, interpolate_pos_encoding.
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
	const cell = new Float64Array(channels);
	for (let row = 0; row < rows; row++) {
		blend(table, vertical, row, line);
		for (let col = 0; col < cols; col++) {
			blend(line, horizontal, col, cell);
			result.set(cell, (row * cols + col) * channels);
		}
	}
	return result;
}

/**
 * The weighted sum of some of a source's rows.
 *
 * @param source shape (side, width).
 * @param target shape (width,). Overwritten.
 */
function blend(source: Float32Array | Float64Array, axis: AxisTaps, cell: number, target: Float64Array): void {
	const width = target.length;
	target.fill(0);
	for (let tap = cell * axis.taps; tap < (cell + 1) * axis.taps; tap++) {
		const weight = axis.weight[tap];
		const start = axis.index[tap] * width;
		for (let i = 0; i < width; i++) {
			target[i] += weight * source[start + i];
		}
	}
}

function axisTaps(cells: number, side: number, rule: PositionGridRule): AxisTaps {
	switch (rule) {
		case "official":
			return plainTaps(cells, side, side / (cells + 0.1));
		case "hf":
			return plainTaps(cells, side, side / cells);
		case "antialiased":
			return antialiasedTaps(cells, side);
		default:
			return rule satisfies never;
	}
}

/** @param step cells of the table per cell of the grid. */
function plainTaps(cells: number, side: number, step: number): AxisTaps {
	const taps = 2 * SUPPORT;
	const index = new Int32Array(cells * taps);
	const weight = new Float64Array(cells * taps);
	for (let cell = 0; cell < cells; cell++) {
		const source = (cell + 0.5) * step - 0.5;
		const first = Math.floor(source) - 1;
		for (let tap = 0; tap < taps; tap++) {
			index[cell * taps + tap] = Math.min(Math.max(first + tap, 0), side - 1);
			weight[cell * taps + tap] = cubicWeight(Math.abs(source - (first + tap)), PLAIN_A);
		}
	}
	return { taps, index, weight };
}

/** Source: torch, aten/src/ATen/native/cpu/UpSampleKernel.cpp, compute_indices_weights_aa. */
function antialiasedTaps(cells: number, side: number): AxisTaps {
	const step = side / cells;
	// The kernel is widened to a step where the grid is coarser than the table, and keeps its width where it is finer.
	const stretch = Math.max(step, 1);
	const support = SUPPORT * stretch;
	const taps = Math.ceil(support) * 2 + 1;
	const index = new Int32Array(cells * taps);
	const weight = new Float64Array(cells * taps);
	for (let cell = 0; cell < cells; cell++) {
		const centre = (cell + 0.5) * step;
		const first = Math.max(Math.floor(centre - support + 0.5), 0);
		const end = Math.min(Math.floor(centre + support + 0.5), side);
		let total = 0;
		for (let tap = 0; first + tap < end; tap++) {
			const share = cubicWeight(Math.abs(first + tap + 0.5 - centre) / stretch, ANTIALIASED_A);
			index[cell * taps + tap] = first + tap;
			weight[cell * taps + tap] = share;
			total += share;
		}
		for (let tap = 0; first + tap < end; tap++) {
			weight[cell * taps + tap] /= total;
		}
	}
	return { taps, index, weight };
}

/** Source: Keys 1981, doi:10.1109/TASSP.1981.1163711. */
function cubicWeight(distance: number, a: number): number {
	if (distance <= 1) {
		return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
	}
	return distance < SUPPORT ? (((distance - 5) * distance + 8) * distance - 4) * a : 0;
}
