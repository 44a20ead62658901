import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
import { checkLength, checkOddWindow } from "../../errors/index.ts";
import type { RgbImage } from "../../image/index.ts";
import { allocateLabels, type LabelMap } from "../../labels/label-map.ts";
import { smoothingBounds } from "../../options/index.ts";
import { type Cells, colorMeans, cutIntoCells } from "../cells.ts";
import { checkScores, type UpsampleOptions } from "../upsample.ts";
import { BilateralFilter } from "./bilateral-filter.ts";
import { decidePixels, type FilterScale } from "./decide-pixels.ts";
import { meanField } from "./mean-field.ts";
import { DIMENSIONS } from "./simplex.ts";
import { UnaryTerms } from "./unary.ts";

/** The window holds places up to two deviations away: 95 % of the kernel along an axis. */
const DEVIATIONS_PER_WINDOW = 4;

/** Cells along one deviation. Measured: with single pixels the scores are the same, and it takes several times as long. */
const CELLS_PER_DEVIATION = 6;

/** Deviation of the kernel in colour, steps of an 8-bit channel. Measured on photographs with drawn boundaries. */
const COLOR_DEVIATION = 20;

/** Bounds of the memory beside the picture: some 150 MB where every cell lies alone in the lattice. */
const MOST_CELLS = 2 ** 17;
const MOST_BELIEFS = 2 ** 20;

/**
 * Segment a picture by the scores and the colours together, with a fully connected conditional random field: every two
 * places want the same label, the more the nearer they are and the more alike their colours.
 *
 * The unary potential of a label is -log softmax(score / temperature) of the interpolated scores. The mean field runs on
 * square cells of a sixth of the kernel's deviation, a quarter of the window; then every pixel is decided by its own scores
 * and colour. The kernel, a Gaussian of place (a quarter of the window) and colour (20 steps of 8 bits), is divided by its sum and
 * counts the place itself. It is approximate: on photographs the mean belief of the neighbours (0 to 1) is off by 0.010 as
 * root mean square, and by up to 0.4 at a colour that is alone; 1.3 % of the labels differ from those with exact sums.
 *
 * Convention: lowest id on ties. A temperature of 0 means that only the best label is possible. The same bytes in every
 * JavaScript engine. Time is linear in pixels, and memory beside the result is bounded.
 * Source: Krähenbühl and Koltun 2011, "Efficient inference in fully connected CRFs with Gaussian edge potentials",
 * arXiv:1210.5644.
 *
 * @param scored  the scores of all labels, as `upsampleLabels` takes them.
 * @param picture of the size of the label map.
 * @param window  extent of the kernel, pixels: odd, 3 to 4095.
 * @param check   called between cells; what it throws ends the call. Default: none.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function refineScores(
	scored: UpsampleOptions,
	picture: RgbImage,
	window: number,
	check: Check = noCheck,
): LabelMap {
	checkScores("refineScores", scored);
	checkOddWindow("refineScores", "window", window, smoothingBounds("crf"));
	const { clusters, width, height } = scored;
	checkLength("refineScores", "picture (height, width of the labels, 3)", picture.data, height, width, 3);
	const deviation = window / DEVIATIONS_PER_WINDOW;
	const side = Math.max(1, Math.floor(deviation / CELLS_PER_DEVIATION));
	const cells = cutIntoCells(width, height, side, Math.min(MOST_CELLS, MOST_BELIEFS / clusters));
	const scale = { place: 1 / deviation, color: 1 / COLOR_DEVIATION };
	const unary = new UnaryTerms(scored);
	const filter = new BilateralFilter(cellPoints(check, cells, picture, scale), check);
	const field = meanField(cellUnary(check, cells, unary, clusters), clusters, filter, check);
	const data = allocateLabels(width * height, clusters);
	decidePixels(check, { cells, field, filter, unary, scale, labels: clusters }, picture, data);
	return { data, width, height, count: clusters };
}

/** Where the cells are for the filter. Shape (cells, 5). */
function cellPoints(check: Check, cells: Cells, picture: RgbImage, scale: FilterScale): Float64Array {
	const colors = colorMeans(check, cells, picture);
	const points = new Float64Array(cells.count * DIMENSIONS);
	eachCentre(check, cells, (x, y, cell) => {
		const at = cell * DIMENSIONS;
		points[at] = x * scale.place;
		points[at + 1] = y * scale.place;
		for (let c = 0; c < 3; c++) {
			points[at + 2 + c] = colors[c * cells.count + cell] * 255 * scale.color;
		}
	});
	return points;
}

/** Shape (cells, labels). */
function cellUnary(check: Check, cells: Cells, unary: UnaryTerms, labels: number): Float32Array {
	const all = Array.from({ length: labels }, (_, label) => label);
	const read = new Float64Array(labels);
	const result = new Float32Array(cells.count * labels);
	eachCentre(check, cells, (x, y, cell) => {
		unary.read(x, y, all, read);
		result.set(read, cell * labels);
	});
	return result;
}

/** @param visit takes the middle of a cell, pixels of the picture. */
function eachCentre(
	check: Check,
	{ side, rows, cols, width, height }: Cells,
	visit: (x: number, y: number, cell: number) => void,
): void {
	const centre = (index: number, length: number) => (index * side + Math.min(length, (index + 1) * side)) / 2;
	for (let row = 0; row < rows; row++) {
		check();
		for (let column = 0; column < cols; column++) {
			visit(centre(column, width), centre(row, height), row * cols + column);
		}
	}
}
