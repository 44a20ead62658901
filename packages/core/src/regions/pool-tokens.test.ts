import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import { poolTokens } from "./pool-tokens.ts";

const DIM = 3;

/** Mean over the pixels of the interpolated tokens, pixel by pixel. */
function plainMeans(
	data: Uint16Array,
	width: number,
	count: number,
	tokens: Float32Array,
	geometry: Parameters<typeof poolTokens>[3],
): number[] {
	const sums = new Array<number>(count * DIM).fill(0);
	const areas = new Array<number>(count).fill(0);
	const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
	for (const [pixel, superpixel] of data.entries()) {
		const row = clamp((Math.floor(pixel / width) + 0.5) * geometry.rowScale + geometry.rowOffset, geometry.rows - 1);
		const col = clamp(((pixel % width) + 0.5) * geometry.colScale + geometry.colOffset, geometry.cols - 1);
		areas[superpixel]++;
		for (let d = 0; d < DIM; d++) {
			const at = (r: number, c: number) =>
				tokens[(Math.min(r, geometry.rows - 1) * geometry.cols + Math.min(c, geometry.cols - 1)) * DIM + d];
			const [r, c] = [Math.floor(row), Math.floor(col)];
			const upper = at(r, c) * (1 - (col - c)) + at(r, c + 1) * (col - c);
			const lower = at(r + 1, c) * (1 - (col - c)) + at(r + 1, c + 1) * (col - c);
			sums[superpixel * DIM + d] += upper * (1 - (row - r)) + lower * (row - r);
		}
	}
	return sums.map((sum, at) => sum / areas[Math.floor(at / DIM)]);
}

describe("poolTokens", () => {
	it("is the mean of the interpolated tokens over the pixels", () => {
		forEachSeed(60, (seed) => {
			const random = createRandom(seed);
			const upTo = (most: number) => 1 + Math.floor(random.next() * most);
			const [width, height, rows, cols, count] = [upTo(30), upTo(30), upTo(6), upTo(6), upTo(8)];
			const data = Uint16Array.from({ length: width * height }, (_, pixel) =>
				pixel < count ? pixel : Math.floor(random.next() * Math.min(count, width * height)),
			);
			const found = Math.max(...data) + 1;
			const tokens = Float32Array.from({ length: rows * cols * DIM }, () => random.next());
			const geometry = {
				rows,
				cols,
				rowScale: rows / height,
				rowOffset: -0.5,
				colScale: cols / width,
				colOffset: -0.5,
			};
			const means = poolTokens(
				kernels,
				{ data, width, height, count: found },
				{ data: tokens, rows: rows * cols, cols: DIM },
				geometry,
			);
			for (const [at, value] of plainMeans(data, width, found, tokens, geometry).entries()) {
				expect(Math.abs(means[at] - value)).toBeLessThan(1e-6);
			}
		});
	});

	it("refuses tokens of another grid", () => {
		const superpixels = { data: new Uint16Array(4), width: 2, height: 2, count: 1 };
		const geometry = { rows: 2, cols: 2, rowScale: 1, rowOffset: 0, colScale: 1, colOffset: 0 };
		const tokens = { data: new Float32Array(9), rows: 3, cols: 3 };
		expect(() => poolTokens(kernels, superpixels, tokens, geometry)).toThrow(/tokens \(rows \* cols, D\)/);
	});
});
