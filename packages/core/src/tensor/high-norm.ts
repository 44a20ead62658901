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
