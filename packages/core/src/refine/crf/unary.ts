import type { GridGeometry } from "@dinoseg/kernels";
import { gridGeometry } from "../../tensor/index.ts";
import type { UpsampleOptions } from "../upsample.ts";

/** Smallest logarithm: so improbable that no neighbourhood makes up for it, and finite. */
const IMPOSSIBLE = -1000;

/**
 * Unary terms of the field, from the interpolated scores at a place: the logarithm of each label's probability
 * softmax(score / temperature), which is the unary potential with its sign turned, up to a number that is the same for all
 * labels. The best label has 0.
 */
export class UnaryTerms {
	readonly #scores: Float32Array;
	readonly #clusters: number;
	readonly #temperature: number;
	readonly #geometry: GridGeometry;

	constructor({ scores, grid, clusters, width, height, temperature }: UpsampleOptions) {
		this.#scores = scores;
		this.#clusters = clusters;
		this.#temperature = Math.max(0, temperature);
		this.#geometry = gridGeometry(grid, width, height);
	}

	/**
	 * Convention: bilinear between the token centres, clamped to the outermost ones, as `upsampleLabels` has it.
	 *
	 * @param x      pixels of the picture from its left border; the centre of the first pixel is at 0.5.
	 * @param y      the same from its upper border.
	 * @param labels those to read.
	 * @param target shape (labels,). Written.
	 */
	read(x: number, y: number, labels: readonly number[], target: Float64Array): void {
		const { rows, cols, rowScale, rowOffset, colScale, colOffset } = this.#geometry;
		const row = Math.min(Math.max(y * rowScale + rowOffset, 0), rows - 1);
		const column = Math.min(Math.max(x * colScale + colOffset, 0), cols - 1);
		const top = Math.floor(row);
		const left = Math.floor(column);
		const down = row - top;
		const across = column - left;
		const upper = (top * cols + left) * this.#clusters;
		const lower = top + 1 < rows ? upper + cols * this.#clusters : upper;
		const right = left + 1 < cols ? this.#clusters : 0;
		const scores = this.#scores;
		let best = Number.NEGATIVE_INFINITY;
		for (let i = 0; i < labels.length; i++) {
			const above = upper + labels[i];
			const below = lower + labels[i];
			const before = scores[above] + (scores[below] - scores[above]) * down;
			const after = scores[above + right] + (scores[below + right] - scores[above + right]) * down;
			target[i] = before + (after - before) * across;
			best = Math.max(best, target[i]);
		}
		for (let i = 0; i < labels.length; i++) {
			// Without a temperature all but the best are impossible, and 0 / 0 is no number.
			target[i] = target[i] === best ? 0 : Math.max(IMPOSSIBLE, (target[i] - best) / this.#temperature);
		}
	}
}
