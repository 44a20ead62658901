import { describe, expect, it } from "vitest";
import { createRandom } from "../rng.ts";
import { findHighNormTokens } from "./high-norm.ts";
import type { TokenGrid } from "./token-grid.ts";

/** A grid of which only the lengths matter here. */
function gridOf(rows: number, cols: number, norms: Float32Array): TokenGrid {
	const size = { patchSize: 14, stride: 14, inputWidth: cols * 14, inputHeight: rows * 14 };
	const data = new Float32Array(rows * cols);
	return { data, norms, rows, cols, dim: 1, ...size, imageWidth: cols * 14, imageHeight: rows * 14 };
}

describe("findHighNormTokens", () => {
	it("finds exactly the planted tokens, whatever the scale of the lengths", () => {
		for (const scale of [0.01, 1, 1000]) {
			const random = createRandom(7);
			const norms = Float32Array.from({ length: 20 * 30 }, () => scale * (10 + random.next()));
			for (const token of [0, 31, 599]) {
				norms[token] = scale * 40;
			}
			const { positions, threshold } = findHighNormTokens(gridOf(20, 30, norms));
			expect(positions).toEqual([
				[0, 0],
				[1, 1],
				[19, 29],
			]);
			expect(threshold).toBeGreaterThan(11 * scale);
			expect(threshold).toBeLessThan(40 * scale);
		}
	});

	it("finds none among equal lengths, and none in a grid of one token", () => {
		expect(findHighNormTokens(gridOf(4, 4, new Float32Array(16).fill(3))).positions).toEqual([]);
		expect(findHighNormTokens(gridOf(1, 1, new Float32Array([5]))).positions).toEqual([]);
	});

	it("takes the limit that it is given", () => {
		const norms = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
		expect(findHighNormTokens(gridOf(3, 3, norms), { deviations: 1 }).positions).toEqual([
			[2, 1],
			[2, 2],
		]);
	});
});
