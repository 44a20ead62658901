import { labOf } from "@dinoseg/core/image";
import { loadKernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { colorTokens } from "./color-tokens.ts";

const kernels = await loadKernels();

describe("colourTokens", () => {
	it("has the colour of each patch of a picture of two colours", () => {
		const width = 84;
		const height = 56;
		const data = new Uint8Array(width * height * 3);
		for (let at = 0; at < width * height; at++) {
			data.set(at % width < width / 2 ? [200, 30, 40] : [10, 90, 220], at * 3);
		}
		const grid = colorTokens(kernels, { data, width, height }, { inputSize: 84, patchSize: 14, stride: 14 });
		expect(grid).toMatchObject({ rows: 4, cols: 6, dim: 3, inputWidth: 84, inputHeight: 56, imageWidth: 84 });
		for (let token = 0; token < 24; token++) {
			const color = token % 6 < 3 ? [200, 30, 40] : [10, 90, 220];
			const { channels } = labOf({ data: Uint8Array.from(color), width: 1, height: 1 });
			for (const [channel, [value]] of channels.entries()) {
				expect(grid.data[token * 3 + channel]).toBeCloseTo(value, 3);
			}
		}
	});

	it("has more patches with a smaller step", () => {
		const data = new Uint8Array(70 * 70 * 3).fill(90);
		const grid = colorTokens(kernels, { data, width: 70, height: 70 }, { inputSize: 70, patchSize: 14, stride: 7 });
		expect([grid.rows, grid.cols, grid.data.length]).toEqual([9, 9, 243]);
	});
});
