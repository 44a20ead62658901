import type { Check } from "@dinoseg/kernels";
import type { RgbImage } from "../../image/index.ts";
import type { Cells } from "../cells.ts";
import type { BilateralFilter } from "./bilateral-filter.ts";
import { AGREEMENT, type MeanField } from "./mean-field.ts";
import { DIMENSIONS } from "./simplex.ts";
import type { UnaryTerms } from "./unary.ts";

/** Where a pixel is for the filter. */
export interface FilterScale {
	/** Per pixel of distance. */
	readonly place: number;
	/** Per step of an 8-bit channel. */
	readonly color: number;
}

/** What the pixels of a picture are decided by. */
interface Decision {
	readonly cells: Cells;
	readonly field: MeanField;
	readonly filter: BilateralFilter;
	readonly unary: UnaryTerms;
	readonly scale: FilterScale;
	readonly labels: number;
}

/**
 * Give every pixel the label that its own unary term and its own neighbours, in place and colour, believe most, out of the
 * labels of its cell and of the cells around that; the lowest of equals.
 *
 * @param data shape (height, width). Written.
 */
export function decidePixels(
	check: Check,
	decision: Decision,
	picture: RgbImage,
	data: Uint8Array | Uint16Array,
): void {
	const { side, rows, cols, width, height } = decision.cells;
	for (let row = 0; row < rows; row++) {
		const bottom = Math.min(height, (row + 1) * side);
		for (let column = 0; column < cols; column++) {
			const left = column * side;
			const right = Math.min(width, left + side);
			const candidates = labelsAround(decision, row, column);
			for (let y = row * side; y < bottom; y++) {
				check();
				if (candidates.length === 1) {
					data.fill(candidates[0], y * width + left, y * width + right);
				} else {
					decideRow(decision, picture, candidates, y, left, right, data);
				}
			}
		}
	}
}

/** Labels of the 3 x 3 cells around a cell, rising. */
function labelsAround({ cells, field }: Decision, row: number, column: number): number[] {
	const found: number[] = [];
	for (let r = Math.max(0, row - 1); r <= Math.min(cells.rows - 1, row + 1); r++) {
		for (let c = Math.max(0, column - 1); c <= Math.min(cells.cols - 1, column + 1); c++) {
			const label = field.labels[r * cells.cols + c];
			if (!found.includes(label)) {
				found.push(label);
			}
		}
	}
	return found.sort((a, b) => a - b);
}

function decideRow(
	{ field, filter, unary, scale, labels }: Decision,
	{ data: colors, width }: RgbImage,
	candidates: readonly number[],
	y: number,
	left: number,
	right: number,
	data: Uint8Array | Uint16Array,
): void {
	const point = new Float64Array(DIMENSIONS);
	const own = new Float64Array(candidates.length);
	const neighbours = new Float64Array(candidates.length);
	point[1] = (y + 0.5) * scale.place;
	for (let x = left; x < right; x++) {
		const at = y * width + x;
		point[0] = (x + 0.5) * scale.place;
		for (let c = 0; c < 3; c++) {
			point[2 + c] = colors[3 * at + c] * scale.color;
		}
		unary.read(x + 0.5, y + 0.5, candidates, own);
		filter.meansAt(point, field.sums, labels, candidates, neighbours);
		let best = 0;
		for (let i = 1; i < candidates.length; i++) {
			if (own[i] + AGREEMENT * neighbours[i] > own[best] + AGREEMENT * neighbours[best]) {
				best = i;
			}
		}
		data[at] = candidates[best];
	}
}
