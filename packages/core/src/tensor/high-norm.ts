import { checkLength } from "../errors/index.ts";
import type { TokenGrid } from "./token-grid.ts";

/** Tokens that stick out by their length. */
export interface HighNormTokens {
	/** Length above which a token counts. */
	readonly threshold: number;
	/** Row and column of each on the token grid, in raster order. */
	readonly positions: readonly (readonly [row: number, col: number])[];
}

export interface HighNormOptions {
	/** Median absolute deviations above the median. @default 10 */
	readonly deviations?: number;
}

/**
 * Find tokens whose length before the final LayerNorm is an outlier: above median + deviations * MAD.
 *
 * Large transformers put a few very long tokens on patches without content, where they hold facts about the whole
 * picture. They show as specks in a segmentation.
 *
 * Source: Darcet et al. 2024, "Vision transformers need registers", arXiv:2309.16588; the rule is the usual robust one
 * of Iglewicz and Hoaglin 1993, with a far limit, because lengths have a long tail of their own.
 */
export function findHighNormTokens(grid: TokenGrid, options: HighNormOptions = {}): HighNormTokens {
	const { deviations = 10 } = options;
	const center = median(grid.norms);
	const spread = median(grid.norms.map((norm) => Math.abs(norm - center)));
	const threshold = center + deviations * spread;
	const positions: [number, number][] = [];
	for (let token = 0; token < grid.norms.length; token++) {
		if (grid.norms[token] > threshold) {
			positions.push([Math.floor(token / grid.cols), token % grid.cols]);
		}
	}
	return { threshold, positions };
}

/** The middle value; of an even count, the mean of the two in the middle. */
function median(values: Float32Array): number {
	const sorted = values.slice().sort();
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Replace the tokens that stick out by their length (`findHighNormTokens`) by the mean of their clean neighbours, of
 * which a token has at most eight.
 *
 * A group of such tokens is filled from its rim inwards: in each round, every token that has a clean neighbour gets the
 * mean of those, and counts as clean from the next round on. So the result does not depend on an order. Where nothing is
 * clean, nothing changes. The norms stay those of the network: they tell which tokens were replaced, and a second repair
 * gives the same bytes.
 *
 * Source: the tokens are those of Darcet et al. 2024, "Vision transformers need registers", arXiv:2309.16588, where
 * registers are trained against them; the filling is our own.
 *
 * @param grid tokens of shape (rows, cols, dim), norms of shape (rows, cols). Not modified.
 * @returns the grid itself if no token sticks out.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function repairHighNormTokens(grid: TokenGrid, options: HighNormOptions = {}): TokenGrid {
	const { rows, cols, dim } = grid;
	checkLength("repairHighNormTokens", "tokens (rows, cols, dim)", grid.data, rows, cols, dim);
	checkLength("repairHighNormTokens", "norms (rows, cols)", grid.norms, rows, cols);
	let broken = findHighNormTokens(grid, options).positions.map(([row, col]) => row * cols + col);
	if (broken.length === 0) {
		return grid;
	}
	const data = grid.data.slice();
	const isClean = new Uint8Array(rows * cols).fill(1);
	for (const token of broken) {
		isClean[token] = 0;
	}
	while (broken.length > 0) {
		const rim = broken.flatMap((token) => {
			const neighbours = cleanNeighbours(token, isClean, rows, cols);
			return neighbours.length > 0 ? [{ token, neighbours }] : [];
		});
		if (rim.length === 0) {
			break;
		}
		for (const { token, neighbours } of rim) {
			fillWithMean(data, token, neighbours, dim);
			isClean[token] = 1;
		}
		broken = broken.filter((token) => isClean[token] === 0);
	}
	return { ...grid, data };
}

/** The clean ones among the up to eight tokens around one, in raster order. */
function cleanNeighbours(token: number, isClean: Uint8Array, rows: number, cols: number): number[] {
	const [row, col] = [Math.floor(token / cols), token % cols];
	const found: number[] = [];
	for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
		for (let x = Math.max(0, col - 1); x <= Math.min(cols - 1, col + 1); x++) {
			if (isClean[y * cols + x] === 1) {
				found.push(y * cols + x);
			}
		}
	}
	return found;
}

function fillWithMean(data: Float32Array, token: number, neighbours: readonly number[], dim: number): void {
	for (let i = 0; i < dim; i++) {
		let sum = 0;
		for (const neighbour of neighbours) {
			sum += data[neighbour * dim + i];
		}
		data[token * dim + i] = sum / neighbours.length;
	}
}
