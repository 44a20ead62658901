import { describe, expect, it } from "vitest";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { colorGradient, labOf } from "../image/index.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { countAtHeight, cutIntoRegions } from "./cut-tree.ts";
import { describeSuperpixels } from "./region-features.ts";
import { buildRegionTree } from "./region-tree.ts";
import { cutSuperpixels } from "./superpixels.ts";

const grid = { rows: 12, cols: 16, patchSize: 14, stride: 14, inputWidth: 224, inputHeight: 168 };
const colors = labOf(drawnPicture("fields with noise"));
const superpixels = cutSuperpixels(kernels, colors);

/** Tokens of the four by three fields of the picture, each with a direction of its own, and noise. */
function fieldTokens(dim: number, size: number): Matrix {
	const random = createRandom(dim);
	const centres = Array.from({ length: 12 }, () => Float32Array.from({ length: dim }, () => random.next() - 0.5));
	const data = new Float32Array(grid.rows * grid.cols * dim);
	for (let token = 0; token < grid.rows * grid.cols; token++) {
		const field = Math.floor(token / grid.cols / 4) * 4 + Math.floor((token % grid.cols) / 4);
		for (let d = 0; d < dim; d++) {
			data[token * dim + d] = size * (centres[field][d] + 0.2 * (random.next() - 0.5));
		}
	}
	return { data, rows: grid.rows * grid.cols, cols: dim };
}

describe("describeSuperpixels", () => {
	it("gives the mean colour first", () => {
		const { data, cols } = describeSuperpixels(kernels, superpixels, colors, fieldTokens(4, 1), grid);
		for (let superpixel = 0; superpixel < superpixels.count; superpixel++) {
			for (const [index, channel] of colors.channels.entries()) {
				const values = [...channel].filter((_, pixel) => superpixels.data[pixel] === superpixel);
				const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
				expect(data[superpixel * cols + index]).toBeCloseTo(mean / 25, 4);
			}
		}
	});

	it("is the same whatever the length of the tokens", () => {
		const one = describeSuperpixels(kernels, superpixels, colors, fieldTokens(8, 1), grid);
		const other = describeSuperpixels(kernels, superpixels, colors, fieldTokens(8, 50), grid);
		for (const [at, value] of one.data.entries()) {
			expect(other.data[at]).toBeCloseTo(value, 4);
		}
	});

	it("counts tokens that are all alike as nothing", () => {
		const tokens = { data: new Float32Array(192 * 2), rows: 192, cols: 2 };
		const { data, cols } = describeSuperpixels(kernels, superpixels, colors, tokens, grid);
		expect(data.every((value, at) => at % cols < 3 || value === 0)).toBe(true);
	});

	it.each([
		["the bundled model", 192],
		["ViT-S", 384],
		["ViT-L", 1024],
	])("makes a tree of tokens of the size of %s that finds their fields", (_name, dim) => {
		const features = describeSuperpixels(kernels, superpixels, colors, fieldTokens(dim, 20), grid);
		const tree = buildRegionTree(kernels, superpixels, { features, gradient: colorGradient(colors) });
		const table = cutIntoRegions(tree, 12);
		const fields = Uint8Array.from({ length: 64 * 48 }, (_, pixel) => {
			return Math.floor(Math.floor(pixel / 64) / 16) * 4 + Math.floor((pixel % 64) / 16);
		});
		const found = superpixels.data.map((superpixel) => table[superpixel]);
		expect(adjustedRandIndex(found, fields)).toBeGreaterThan(0.9);
		// Not one step from nothing to everything: cuts between have numbers of regions between.
		const counts = [0.05, 0.1, 0.2, 0.4, 0.8].map((height) => countAtHeight(tree, height));
		expect(counts).toEqual([...counts].sort((a, b) => b - a));
		expect(new Set(counts).size).toBeGreaterThan(2);
	});
});
