import { checkLength, DinosegError } from "../errors/index.ts";
import type { TokenGrid } from "./token-grid.ts";

/** Joins the tokens of pictures without content into what depends on the position alone. */
export interface PositionBiasSum {
	/**
	 * Add the tokens of one picture, (rows, cols, dim).
	 *
	 * @throws DinosegError SHAPE_MISMATCH for a grid of another shape than the first.
	 */
	add(grid: TokenGrid): void;
	/** Mean of the added grids minus its mean over the grid. Its norms are the mean norms. */
	bias(): TokenGrid;
}

/**
 * A sum over pictures without content, which begins with the tokens of the first.
 *
 * A network knows where each of its tokens lies, and tells it even where there is nothing to be seen: the tokens of a
 * picture of one colour differ. This estimates that part, to take it from the tokens of photographs. It is an estimate
 * only: in a photograph, position and content also act on each other.
 *
 * Source: Yang et al. 2024, "Denoising vision transformers", arXiv:2401.02957, which splits tokens into content, a part
 * of the position alone and a rest, and shows the second on empty pictures. There it is fitted to each photograph.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function createPositionBiasSum(first: TokenGrid): PositionBiasSum {
	const { rows, cols, dim } = first;
	const count = rows * cols;
	const tokens = new Float64Array(count * dim);
	const norms = new Float64Array(count);
	let grids = 0;
	const add = (grid: TokenGrid): void => {
		checkShape("PositionBiasSum.add", grid, first);
		for (let i = 0; i < tokens.length; i++) {
			tokens[i] += grid.data[i];
		}
		for (let token = 0; token < count; token++) {
			norms[token] += grid.norms[token];
		}
		grids++;
	};
	add(first);
	return {
		add,
		bias() {
			const mean = new Float64Array(dim);
			for (let token = 0; token < count; token++) {
				for (let i = 0; i < dim; i++) {
					mean[i] += tokens[token * dim + i] / count;
				}
			}
			const data = new Float32Array(tokens.length);
			for (let token = 0; token < count; token++) {
				for (let i = 0; i < dim; i++) {
					data[token * dim + i] = (tokens[token * dim + i] - mean[i]) / grids;
				}
			}
			return { ...first, data, norms: new Float32Array(norms.map((sum) => sum / grids)) };
		},
	};
}

/**
 * The tokens without what depends on their position alone.
 *
 * @param grid tokens of shape (rows, cols, dim). Not modified.
 * @param bias from a `PositionBiasSum` over grids of the same network and shape.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function subtractPositionBias(grid: TokenGrid, bias: TokenGrid): TokenGrid {
	checkShape("subtractPositionBias", bias, grid);
	const data = new Float32Array(grid.data.length);
	for (let i = 0; i < data.length; i++) {
		data[i] = grid.data[i] - bias.data[i];
	}
	return { ...grid, data };
}

function checkShape(operation: string, grid: TokenGrid, expected: TokenGrid): void {
	const shapeOf = ({ rows, cols, dim }: TokenGrid) => `(${rows}, ${cols}, ${dim})`;
	if (shapeOf(grid) !== shapeOf(expected)) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${operation}: tokens (rows, cols, dim) must be ${shapeOf(expected)}, got ${shapeOf(grid)}. Use one network, input size and stride.`,
			{ details: { expected: shapeOf(expected), actual: shapeOf(grid) } },
		);
	}
	for (const { data, norms, rows, cols, dim } of [grid, expected]) {
		checkLength(operation, "tokens (rows, cols, dim)", data, rows, cols, dim);
		checkLength(operation, "norms (rows, cols)", norms, rows, cols);
	}
}
