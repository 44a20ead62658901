import { checkLength } from "../errors/index.ts";
import type { Dimensions } from "../image/index.ts";
import type { Views } from "../options/index.ts";
import type { TokenGrid } from "../tensor/index.ts";

/** One way in which a picture is shown to the network. */
export interface View {
	/** How far the picture is moved to the right and down, input pixels. */
	readonly right: number;
	readonly down: number;
	/** Mirrored left to right, after it was moved. */
	readonly mirrored: boolean;
}

/** Where tokens lie on an input. */
type GridPlaces = Pick<TokenGrid, "rows" | "cols" | "patchSize" | "stride">;

/**
 * The views whose tokens are averaged. Those of "shift" are a quarter of a step away in each diagonal direction, so that
 * their mean stands still.
 *
 * @param stride step between patches, input pixels.
 */
export function listViews(views: Views, stride: number): readonly View[] {
	const step = Math.max(1, Math.round(stride / 4));
	const places =
		views === "shift" || views === "flip+shift"
			? [-step, step].flatMap((down) => [-step, step].map((right) => ({ right, down })))
			: [{ right: 0, down: 0 }];
	const sides = views === "flip" || views === "flip+shift" ? [false, true] : [false];
	return sides.flatMap((mirrored) => places.map((place) => ({ ...place, mirrored })));
}

/**
 * A network's input as one view shows it.
 *
 * Convention: what moves in at a border repeats the border. The mirror lies in the middle of what the patches cover, so
 * that tokens of the mirrored picture lie on mirrored places; pixels that no patch covers are left out of it.
 *
 * @param pixels shape (3, height, width). Not modified.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function viewPixels(
	pixels: Float32Array,
	{ width, height }: Dimensions,
	view: View,
	grid: GridPlaces,
): Float32Array {
	checkLength("viewPixels", "pixels (3, height, width)", pixels, 3, height, width);
	const covered = (grid.cols - 1) * grid.stride + grid.patchSize;
	const sources = Int32Array.from({ length: width }, (_, x) => {
		const unmirrored = view.mirrored && x < covered ? covered - 1 - x : x;
		return clamp(unmirrored - view.right, width);
	});
	const seen = new Float32Array(pixels.length);
	for (let row = 0; row < 3 * height; row++) {
		const y = row % height;
		const from = (row - y + clamp(y - view.down, height)) * width;
		for (let x = 0; x < width; x++) {
			seen[row * width + x] = pixels[from + sources[x]];
		}
	}
	return seen;
}

function clamp(place: number, length: number): number {
	return Math.min(length - 1, Math.max(0, place));
}

/** Adds up the tokens of several views. */
export interface TokenMean {
	/** @param tokens of the same grid as all others. */
	add(tokens: TokenGrid, view: View): void;
	/** Tokens and lengths are means over the views. */
	mean(): TokenGrid;
}

/** The mean of the tokens of several views, each put back to where it belongs in the picture. */
export function createTokenMean(grid: Omit<TokenGrid, "data" | "norms">): TokenMean {
	const { rows, cols, dim } = grid;
	const data = new Float64Array(rows * cols * dim);
	const norms = new Float64Array(rows * cols);
	let count = 0;
	return {
		add(tokens, { mirrored }) {
			checkLength("createTokenMean", "tokens (rows, cols, dim)", tokens.data, rows, cols, dim);
			count++;
			for (let token = 0; token < rows * cols; token++) {
				const col = token % cols;
				const from = mirrored ? token - col + cols - 1 - col : token;
				norms[token] += tokens.norms[from];
				for (let d = 0; d < dim; d++) {
					data[token * dim + d] += tokens.data[from * dim + d];
				}
			}
		},
		mean() {
			return {
				...grid,
				data: Float32Array.from(data, (sum) => sum / count),
				norms: Float32Array.from(norms, (sum) => sum / count),
			};
		},
	};
}
