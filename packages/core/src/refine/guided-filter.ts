import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import type { RgbImage } from "../image/index.ts";
import { allocateLabels, type LabelMap } from "../labels/label-map.ts";
import { boxMean, type Cells, colorMeans, cutIntoCells, labelShares } from "./cells.ts";
import { COEFFICIENTS, tileLabeller } from "./label-tile.ts";
import { type LinearModels, solveModels } from "./linear-models.ts";

/** Cells along half a window: the filter works on cells and only its result is made for every pixel. */
const CELLS_PER_RADIUS = 4;

/** Numbers that are kept for cells and labels at once. */
const MOST_NUMBERS = 2 ** 24;

/** Below this a label has no share in a cell: the best of all has far more. */
const NEGLIGIBLE = 1e-6;

/**
 * Move the borders of a label map to the edges of a picture: in each window the share of every label is explained by a
 * linear function of the colour, and each pixel gets the label with the largest explained share.
 *
 * Convention: means and functions are computed for square cells of a quarter of half the window, and interpolated
 * bilinearly between their centres; lowest id on ties. Windows are cut at the border. Time is linear in pixels,
 * and memory beside the result does not grow with them where the window does.
 * Source: He, Sun and Tang 2013, "Guided image filtering", doi:10.1109/TPAMI.2012.213; He and Sun 2015, "Fast guided
 * filter", arXiv:1505.00996.
 *
 * @param guide  the picture, of the size of the map.
 * @param window side of the windows, pixels.
 * @param check  called between rows; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function guidedFilter(labels: LabelMap, guide: RgbImage, window: number, check: Check = noCheck): LabelMap {
	const { width, height, count } = labels;
	checkLength("guidedFilter", "guide (height, width of the labels, 3)", guide.data, height, width, 3);
	const radius = (window - 1) / 2;
	const side = Math.max(1, Math.floor(radius / CELLS_PER_RADIUS));
	const cells = cutIntoCells(width, height, side, MOST_NUMBERS / (count * COEFFICIENTS));
	const reach = Math.max(1, Math.round(radius / cells.side));
	const models = solveModels(
		check,
		cells,
		colorMeans(check, cells, guide),
		labelShares(check, cells, labels),
		count,
		reach,
	);
	for (let at = 0; at < count * COEFFICIENTS; at++) {
		boxMean(check, cells, models.coefficients.subarray(at * cells.count, (at + 1) * cells.count), reach);
	}
	const data = allocateLabels(width * height, count);
	applyModels(check, cells, models, guide, data);
	return { data, width, height, count };
}

/** Give every pixel the label whose interpolated function is largest at its colour. */
function applyModels(
	check: Check,
	cells: Cells,
	models: LinearModels,
	guide: RgbImage,
	data: Uint8Array | Uint16Array,
): void {
	const { side, rows, cols, width, height } = cells;
	const tileColumns = tileStarts(side, cols, width);
	const tileRows = tileStarts(side, rows, height);
	const across = fractions(side, tileColumns);
	const down = fractions(side, tileRows);
	const labelTile = tileLabeller(check, { data, width, colors: guide.data, across, down }, models.labels);
	const coefficients = new Float64Array(4 * models.labels * COEFFICIENTS);
	for (let row = 0; row + 1 < tileRows.length; row++) {
		for (let column = 0; column + 1 < tileColumns.length; column++) {
			check();
			const corners = cornersOf(cells, row, column);
			const present = presentLabels(cells, models, corners);
			gatherCoefficients(cells, models, corners, present, coefficients);
			labelTile({
				present,
				corners: coefficients,
				left: tileColumns[column],
				top: tileRows[row],
				right: tileColumns[column + 1],
				bottom: tileRows[row + 1],
			});
		}
	}
}

/** First pixel of each tile between the centres of neighbouring cells, and the end; the outer ones reach to the border. */
function tileStarts(side: number, cells: number, pixels: number): number[] {
	const starts = [0];
	for (let tile = 1; tile < cells - 1; tile++) {
		starts.push(Math.min(pixels, Math.ceil((tile + 0.5) * side - 0.5)));
	}
	starts.push(pixels);
	return starts;
}

/** Place of each pixel between the centres of its tile's cells, 0 to 1. */
function fractions(side: number, starts: readonly number[]): Float64Array {
	const places = new Float64Array(starts[starts.length - 1]);
	for (let tile = 0; tile + 1 < starts.length; tile++) {
		for (let pixel = starts[tile]; pixel < starts[tile + 1]; pixel++) {
			places[pixel] = Math.min(1, Math.max(0, (pixel + 0.5) / side - 0.5 - tile));
		}
	}
	return places;
}

/** The cells around a tile: upper left, upper right, lower left, lower right. */
function cornersOf({ rows, cols }: Cells, tileRow: number, tileColumn: number): readonly number[] {
	const top = tileRow * cols;
	const bottom = Math.min(tileRow + 1, rows - 1) * cols;
	const right = Math.min(tileColumn + 1, cols - 1);
	return [top + tileColumn, top + right, bottom + tileColumn, bottom + right];
}

/** Labels that have a share at any corner, rising. At least one: shares add up to 1. */
function presentLabels(cells: Cells, { coefficients, labels }: LinearModels, corners: readonly number[]): number[] {
	const present: number[] = [];
	for (let label = 0; label < labels; label++) {
		const start = label * COEFFICIENTS * cells.count;
		const isPresent = corners.some((corner) => {
			for (let c = 0; c < COEFFICIENTS; c++) {
				if (Math.abs(coefficients[start + c * cells.count + corner]) > NEGLIGIBLE) {
					return true;
				}
			}
			return false;
		});
		if (isPresent) {
			present.push(label);
		}
	}
	return present;
}

/** @param gathered shape (4 corners, present labels, 4 coefficients), and room for more. Written. */
function gatherCoefficients(
	cells: Cells,
	{ coefficients }: LinearModels,
	corners: readonly number[],
	present: readonly number[],
	gathered: Float64Array,
): void {
	let place = 0;
	for (const corner of corners) {
		for (const label of present) {
			for (let c = 0; c < COEFFICIENTS; c++) {
				gathered[place++] = coefficients[(label * COEFFICIENTS + c) * cells.count + corner];
			}
		}
	}
}
