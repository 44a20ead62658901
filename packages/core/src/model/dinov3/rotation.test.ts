import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dinov3Config } from "../checkpoint.ts";
import { placeInputs, placeRule, placeTables } from "../families.ts";
import { DEFAULT_PREPROCESSOR } from "../preprocessor.ts";
import { rotationTables } from "./rotation.ts";

const CONFIG: Dinov3Config = {
	family: "dinov3",
	hiddenSize: 48,
	layers: 1,
	heads: 3,
	mlp: "gelu",
	mlpSize: 8,
	registers: 2,
	patchSize: 4,
	layerNormEps: 1e-5,
	biases: { query: true, key: false, value: true },
	ropeTheta: 100,
};
const HALF = 8;

/** The angle of one row of the tables, modulo a whole turn. */
function anglesOf({ cosines, sines }: ReturnType<typeof rotationTables>, token: number): number[] {
	return Array.from({ length: HALF }, (_, i) => {
		const [sine, cosine] = [sines, cosines].map(({ data }) => data[token * HALF + i]);
		expect(Math.hypot(sine, cosine)).toBeCloseTo(1, 6);
		return Math.atan2(sine, cosine);
	});
}

describe("rotationTables", () => {
	it("turns by the row, then by the column, in periods from 1 to below theta; the first tokens stay", () => {
		// Centres of 3 rows at -2/3, 0, 2/3; of 2 columns at -1/2, 1/2.
		const tables = rotationTables(CONFIG, { width: 8, height: 12 }, 4);
		expect(tables.cosines.shape).toEqual([3 + 6, HALF]);
		expect(tables.sines.shape).toEqual([3 + 6, HALF]);
		for (const token of [0, 1, 2]) {
			expect(anglesOf(tables, token)).toEqual(new Array(HALF).fill(0));
		}
		const periods = [1, 10 ** 0.5, 10, 10 ** 1.5];
		for (const [cell, [y, x]] of [
			[-2 / 3, -0.5],
			[-2 / 3, 0.5],
			[0, -0.5],
			[0, 0.5],
			[2 / 3, -0.5],
			[2 / 3, 0.5],
		].entries()) {
			const expected = [y, x].flatMap((place) => periods.map((period) => (2 * Math.PI * place) / period));
			for (const [i, angle] of anglesOf(tables, 3 + cell).entries()) {
				const difference = angle - expected[i];
				expect(difference - 2 * Math.PI * Math.round(difference / (2 * Math.PI))).toBeCloseTo(0, 6);
			}
		}
	});

	it("places a patch by its pixels, whatever the stride", () => {
		const side = fc.integer({ min: 1, max: 6 }).map((patches) => 4 * patches);
		fc.assert(
			fc.property(side, side, (width, height) => {
				const coarse = rotationTables(CONFIG, { width, height }, 4);
				const fine = rotationTables(CONFIG, { width, height }, 2);
				const [cols, fineCols] = [width / 4, (width - 4) / 2 + 1];
				for (let row = 0; row < height / 4; row++) {
					for (let col = 0; col < cols; col++) {
						expect(anglesOf(fine, 3 + 2 * row * fineCols + 2 * col)).toEqual(anglesOf(coarse, 3 + row * cols + col));
					}
				}
			}),
			{ numRuns: 30 },
		);
	});

	it("is what a network of DINOv3 needs beside the pixels", () => {
		const size = { width: 12, height: 8 };
		const model = { config: CONFIG, tables: [] };
		expect(placeInputs(model, size, { stride: 4, positionGrid: "official" })).toEqual(rotationTables(CONFIG, size, 4));
		expect(placeTables({ config: CONFIG, preprocessor: DEFAULT_PREPROCESSOR, tensors: new Map() })).toEqual([]);
		expect(placeRule(CONFIG, "official")).toBe("rotation");
		expect(() => placeRule(CONFIG, "hf")).toThrow(
			expect.objectContaining({
				code: "OPTION_INVALID",
				message: expect.stringMatching(/^positionGrid does not apply to DINOv3, .* got "hf"\. Leave it away\.$/),
				details: { option: "positionGrid", value: "hf" },
			}),
		);
	});
});
