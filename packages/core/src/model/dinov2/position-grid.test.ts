import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixturePath, loadFloats, loadTensors } from "../../../../../fixtures/load.ts";
import { POSITION_GRIDS, type PositionGrid } from "../../options/index.ts";
import { parseJsonObject } from "../config-fields.ts";
import { parseDinov2Config } from "./config.ts";
import { interpolatePositions, type PositionGridRule, positionGridRule } from "./position-grid.ts";

const RULES: readonly PositionGridRule[] = ["official", "hf", "antialiased"];
const SIDE = 37;
const CHANNELS = 64;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	expect(a.length).toBe(b.length);
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		largest = Math.max(largest, Math.abs(a[i] - b[i]));
	}
	return largest;
}

function positions(seed: number, length: number): Float32Array {
	return Float32Array.from({ length }, (_, i) => Math.sin(seed + i * 1.7));
}

describe("interpolatePositions", () => {
	it.each(["mlp", "swiglu", "reg"])("equals the original code for %s", (model) => {
		const folder = `reference/backbone/${model}`;
		const table = loadFloats(`${folder}/model.safetensors`, "embeddings.position_embeddings").subarray(CHANNELS);
		const text = readFileSync(fixturePath(`${folder}/config.json`), "utf8");
		const config = parseDinov2Config(parseJsonObject(text, "config.json"), "config.json");
		const cases = [...loadTensors(`${folder}/pos_embed.safetensors`)];
		expect(cases.length).toBeGreaterThanOrEqual(4);
		for (const [key, expected] of cases) {
			const [, option, rows, cols] = /^(official|hf)\.(\d+)x(\d+)$/.exec(key) ?? [];
			const rule = positionGridRule(config, option as PositionGrid);
			const actual = interpolatePositions(table, SIDE, CHANNELS, Number(rows), Number(cols), rule);
			expect(largestDifference(actual, expected.data), key).toBeLessThanOrEqual(1e-5);
		}
	});

	it("knows one rule for models with registers", () => {
		const config = parseDinov2Config(
			parseJsonObject(readFileSync(fixturePath("reference/backbone/reg/config.json"), "utf8"), ""),
			"",
		);
		expect(POSITION_GRIDS.map((option) => positionGridRule(config, option))).toEqual(["antialiased", "antialiased"]);
		const without = { ...config, registers: 0 };
		expect(POSITION_GRIDS.map((option) => positionGridRule(without, option))).toEqual(["official", "hf"]);
	});
});

describe.each(RULES)("interpolatePositions, %s", (rule) => {
	it("returns a copy of the table on the table's own grid", () => {
		const table = positions(1, 5 * 5 * 3);
		const result = interpolatePositions(table, 5, 3, 5, 5, rule);
		expect(result).toEqual(table);
		expect(result.buffer).not.toBe(table.buffer);
	});

	it("keeps a constant table constant on any grid", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (rows, cols) => {
				const result = interpolatePositions(new Float32Array(4 * 4 * 2).fill(0.7), 4, 2, rows, cols, rule);
				expect(largestDifference(result, new Float32Array(rows * cols * 2).fill(0.7))).toBeLessThan(1e-6);
			}),
		);
	});

	it("gives the transposed grid for the transposed table", () => {
		const side = 6;
		const table = positions(2, side * side);
		const flipped = table.map((_, i) => table[(i % side) * side + Math.floor(i / side)]);
		const tall = interpolatePositions(table, side, 1, 9, 4, rule);
		const wide = interpolatePositions(flipped, side, 1, 4, 9, rule);
		const back = wide.map((_, i) => wide[(i % 4) * 9 + Math.floor(i / 4)]);
		expect(largestDifference(tall, back)).toBeLessThan(1e-6);
	});

	it.each([
		[0, 1],
		[1, 4097],
		[1.5, 1],
	])("rejects a grid of %d x %d", (rows, cols) => {
		expect(() => interpolatePositions(new Float32Array(4), 2, 1, rows, cols, rule)).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});

	it("rejects a table that still has the class token's row", () => {
		expect(() => interpolatePositions(new Float32Array(5), 2, 1, 3, 3, rule)).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
