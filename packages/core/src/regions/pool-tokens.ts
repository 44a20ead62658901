import { checkedRows, type GridGeometry, type Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";
import type { Superpixels } from "./superpixels.ts";

/** The cells of the grid that a superpixel lies over, as a rectangle. */
interface Extent {
	top: number;
	bottom: number;
	left: number;
	right: number;
}

/**
 * The mean of the tokens under each superpixel.
 *
 * Convention: tokens are interpolated bilinearly to the pixels, borders clamped, as `upsampleScores` of the kernels does.
 * Each superpixel's weights on the grid are summed first, so the time hardly depends on the length of the tokens.
 *
 * @param tokens   shape (rows * cols, D).
 * @param geometry where the tokens lie in the picture that the superpixels are of.
 * @returns shape (superpixels, D).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function poolTokens(
	{ check }: Pick<Kernels, "check">,
	{ data, width, height, count }: Superpixels,
	tokens: Matrix,
	geometry: GridGeometry,
): Float64Array {
	checkLength("poolTokens", "tokens (rows * cols, D)", tokens.data, geometry.rows, geometry.cols, tokens.cols);
	const rows = placesAlong(height, geometry.rows, geometry.rowScale, geometry.rowOffset);
	const columns = placesAlong(width, geometry.cols, geometry.colScale, geometry.colOffset);
	const extents = Array.from({ length: count }, (): Extent => {
		return { top: geometry.rows, bottom: -1, left: geometry.cols, right: -1 };
	});
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			const extent = extents[data[pixel]];
			extent.top = Math.min(extent.top, rows.first[y]);
			extent.bottom = Math.max(extent.bottom, rows.second[y]);
			extent.left = Math.min(extent.left, columns.first[x]);
			extent.right = Math.max(extent.right, columns.second[x]);
		}
	}
	const starts = new Uint32Array(count + 1);
	for (const [superpixel, { top, bottom, left, right }] of extents.entries()) {
		starts[superpixel + 1] = starts[superpixel] + (bottom - top + 1) * (right - left + 1);
	}
	const weights = new Float64Array(starts[count]);
	const areas = new Uint32Array(count);
	pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		const share = rows.share[y];
		for (let x = 0; x < width; x++, pixel++) {
			const superpixel = data[pixel];
			const { top, left, right } = extents[superpixel];
			const stride = right - left + 1;
			const upper = starts[superpixel] + (rows.first[y] - top) * stride - left;
			const lower = starts[superpixel] + (rows.second[y] - top) * stride - left;
			const across = columns.share[x];
			weights[upper + columns.first[x]] += (1 - share) * (1 - across);
			weights[upper + columns.second[x]] += (1 - share) * across;
			weights[lower + columns.first[x]] += share * (1 - across);
			weights[lower + columns.second[x]] += share * across;
			areas[superpixel]++;
		}
	}
	const means = new Float64Array(count * tokens.cols);
	for (const [superpixel, { top, bottom, left, right }] of extents.entries()) {
		check();
		const mean = means.subarray(superpixel * tokens.cols, (superpixel + 1) * tokens.cols);
		for (let row = top, at = starts[superpixel]; row <= bottom; row++) {
			for (let column = left; column <= right; column++, at++) {
				addToken(mean, tokens, row * geometry.cols + column, weights[at] / areas[superpixel]);
			}
		}
	}
	return means;
}

function addToken(mean: Float64Array, { data, cols }: Matrix, token: number, weight: number): void {
	if (weight === 0) {
		return;
	}
	for (let d = 0, at = token * cols; d < cols; d++, at++) {
		mean[d] += weight * data[at];
	}
}

/** Between which two tokens of an axis each pixel lies, and the share of the second. */
function placesAlong(length: number, tokens: number, scale: number, offset: number) {
	const first = new Int32Array(length);
	const second = new Int32Array(length);
	const share = new Float64Array(length);
	for (let pixel = 0; pixel < length; pixel++) {
		const place = Math.min(tokens - 1, Math.max(0, (pixel + 0.5) * scale + offset));
		first[pixel] = Math.floor(place);
		second[pixel] = Math.min(tokens - 1, first[pixel] + 1);
		share[pixel] = place - first[pixel];
	}
	return { first, second, share };
}
