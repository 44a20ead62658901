import { type Check, checkedParts } from "@dinoseg/kernels";
import type { RgbImage } from "../image/index.ts";
import type { LabelMap } from "../labels/label-map.ts";

/** A picture cut into square cells, row-major; those at the right and lower border can be smaller. */
export interface Cells {
	/** Pixels. */
	readonly side: number;
	readonly rows: number;
	readonly cols: number;
	/** rows * cols. */
	readonly count: number;
	/** Width of the picture, pixels. */
	readonly width: number;
	/** Height of the picture, pixels. */
	readonly height: number;
}

/**
 * Cut a picture into cells of a side, or of the next larger side with which there are not too many.
 *
 * @param side pixels, at least 1.
 * @param most cells; one there is in any case.
 */
export function cutIntoCells(width: number, height: number, side: number, most: number): Cells {
	for (let larger = side; ; larger++) {
		const rows = Math.ceil(height / larger);
		const cols = Math.ceil(width / larger);
		const count = rows * cols;
		if (count <= most || count === 1) {
			return { side: larger, rows, cols, count, width, height };
		}
	}
}

/** Mean colour of each cell, 0 to 1. Shape (3, cells). */
export function colorMeans(check: Check, cells: Cells, { data }: RgbImage): Float64Array {
	const { count } = cells;
	const means = new Float64Array(3 * count);
	eachRun(check, cells, (from, to, cell) => {
		let red = 0;
		let green = 0;
		let blue = 0;
		for (let at = 3 * from; at < 3 * to; at += 3) {
			red += data[at];
			green += data[at + 1];
			blue += data[at + 2];
		}
		means[cell] += red;
		means[count + cell] += green;
		means[2 * count + cell] += blue;
	});
	divideByArea(check, cells, means, 255);
	return means;
}

/** Share of each label in each cell. Shape (labels, cells). */
export function labelShares(check: Check, cells: Cells, { data, count }: LabelMap): Float64Array {
	const shares = new Float64Array(count * cells.count);
	eachRun(check, cells, (from, to, cell) => {
		for (let at = from; at < to; ) {
			const label = data[at];
			const start = at;
			do {
				at++;
			} while (at < to && data[at] === label);
			shares[label * cells.count + cell] += at - start;
		}
	});
	divideByArea(check, cells, shares, 1);
	return shares;
}

/** Visit the pixels of each row that lie in one cell: from the first one to the one after the last. */
function eachRun(
	check: Check,
	{ side, cols, width, height }: Cells,
	visit: (from: number, to: number, cell: number) => void,
): void {
	for (let y = 0; y < height; y++) {
		check();
		const row = Math.floor(y / side) * cols;
		for (let col = 0; col < cols; col++) {
			visit(y * width + col * side, y * width + Math.min(width, (col + 1) * side), row + col);
		}
	}
}

function divideByArea(
	check: Check,
	{ side, cols, count, width, height }: Cells,
	sums: Float64Array,
	scale: number,
): void {
	for (const { from, to } of checkedParts(check, count)) {
		for (let cell = from; cell < to; cell++) {
			const column = cell % cols;
			const row = (cell - column) / cols;
			const area = Math.min(side, width - column * side) * Math.min(side, height - row * side);
			for (let at = cell; at < sums.length; at += count) {
				sums[at] /= area * scale;
			}
		}
	}
}

/**
 * Replace each value by the mean over the cells at most `reach` away along either axis; what lies outside does not count.
 *
 * @param values shape (rows, cols). Written.
 */
export function boxMean(check: Check, { rows, cols }: Cells, values: Float64Array, reach: number): void {
	const line = new Float64Array(Math.max(rows, cols) + 1);
	for (let row = 0; row < rows; row++) {
		check();
		meanAlong(values, row * cols, 1, cols, reach, line);
	}
	for (let column = 0; column < cols; column++) {
		check();
		meanAlong(values, column, cols, rows, reach, line);
	}
}

/** @param sums room for `length` + 1 numbers. */
function meanAlong(
	values: Float64Array,
	start: number,
	step: number,
	length: number,
	reach: number,
	sums: Float64Array,
): void {
	sums[0] = 0;
	for (let i = 0; i < length; i++) {
		sums[i + 1] = sums[i] + values[start + i * step];
	}
	for (let i = 0; i < length; i++) {
		const first = Math.max(0, i - reach);
		const end = Math.min(length, i + reach + 1);
		values[start + i * step] = (sums[end] - sums[first]) / (end - first);
	}
}
