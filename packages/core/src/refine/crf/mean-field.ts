import { type Check, checkedParts, NEGLIGIBLE_EXPONENT, roughExp } from "@dinoseg/kernels";
import type { BilateralFilter } from "./bilateral-filter.ts";

/** Steps of the mean field. Measured: after 5 it is a little worse, after 20 no better. */
const STEPS = 10;

/** What neighbours that all have a label add to its logarithm. Measured on photographs with drawn boundaries. */
export const AGREEMENT = 12;

/** Where the mean field ended. */
export interface MeanField {
	/** Most probable label of each cell, the lowest of equals. Shape (cells,). */
	readonly labels: Uint16Array;
	/** What the neighbours of any place believed in the last step, for `BilateralFilter.meansAt`. */
	readonly sums: Float32Array;
}

/**
 * The mean field of a fully connected random field over cells: in each step every cell believes a label as much as its
 * own unary term and the mean of its neighbours' beliefs say, all cells at once.
 *
 * Source: Krähenbühl and Koltun 2011, arXiv:1210.5644, algorithm 1 with Potts compatibility and messages divided by the
 * sum of their weights.
 *
 * @param unary logarithms of probabilities, up to a number of each cell. Shape (cells, labels).
 * @param filter says which cells are neighbours.
 * @param check called between steps.
 */
export function meanField(unary: Float32Array, labels: number, filter: BilateralFilter, check: Check): MeanField {
	const beliefs = unary.slice();
	let sums: Float32Array = beliefs;
	for (let step = 0; step < STEPS; step++) {
		softmax(check, beliefs, labels);
		sums = filter.spread(beliefs, labels);
		filter.means(sums, labels, beliefs);
		check();
		for (let i = 0; i < beliefs.length; i++) {
			beliefs[i] = unary[i] + AGREEMENT * beliefs[i];
		}
	}
	return { labels: mostProbable(beliefs, labels), sums };
}

/** @param logarithms shape (cells, labels). Replaced by probabilities. */
function softmax(check: Check, logarithms: Float32Array, labels: number): void {
	for (const { from, to } of checkedParts(check, logarithms.length / labels)) {
		for (let start = from * labels; start < to * labels; start += labels) {
			let highest = Number.NEGATIVE_INFINITY;
			for (let i = start; i < start + labels; i++) {
				highest = Math.max(highest, logarithms[i]);
			}
			let sum = 0;
			for (let i = start; i < start + labels; i++) {
				const exponent = logarithms[i] - highest;
				logarithms[i] = exponent > NEGLIGIBLE_EXPONENT ? roughExp(exponent) : 0;
				sum += logarithms[i];
			}
			for (let i = start; i < start + labels; i++) {
				logarithms[i] /= sum;
			}
		}
	}
}

function mostProbable(logarithms: Float32Array, labels: number): Uint16Array {
	const best = new Uint16Array(logarithms.length / labels);
	for (let cell = 0; cell < best.length; cell++) {
		for (let label = 1; label < labels; label++) {
			if (logarithms[cell * labels + label] > logarithms[cell * labels + best[cell]]) {
				best[cell] = label;
			}
		}
	}
	return best;
}
