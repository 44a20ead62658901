import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../rng.ts";
import { findHighNormTokens, repairHighNormTokens } from "./high-norm.ts";
import type { TokenGrid } from "./token-grid.ts";

function gridOf(rows: number, cols: number, dim: number, data: Float32Array, norms: Float32Array): TokenGrid {
	const size = { patchSize: 14, stride: 14, inputWidth: cols * 14, inputHeight: rows * 14 };
	return { data, norms, rows, cols, dim, ...size, imageWidth: cols * 14, imageHeight: rows * 14 };
}

/** A grid of which only the lengths matter. */
function normsOnly(rows: number, cols: number, norms: Float32Array): TokenGrid {
	return gridOf(rows, cols, 1, new Float32Array(rows * cols), norms);
}

describe("findHighNormTokens", () => {
	it("finds exactly the planted tokens, whatever the scale of the lengths", () => {
		for (const scale of [0.01, 1, 1000]) {
			const random = createRandom(7);
			const norms = Float32Array.from({ length: 20 * 30 }, () => scale * (10 + random.next()));
			for (const token of [0, 31, 599]) {
				norms[token] = scale * 40;
			}
			const { positions, threshold } = findHighNormTokens(normsOnly(20, 30, norms));
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
		expect(findHighNormTokens(normsOnly(4, 4, new Float32Array(16).fill(3))).positions).toEqual([]);
		expect(findHighNormTokens(normsOnly(1, 1, new Float32Array([5]))).positions).toEqual([]);
	});

	it("takes the limit that it is given", () => {
		const norms = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
		expect(findHighNormTokens(normsOnly(3, 3, norms), { deviations: 1 }).positions).toEqual([
			[2, 1],
			[2, 2],
		]);
	});
});

/** Tokens of one value each, drawn in rows: numbers are clean tokens, "x" is one that sticks out. */
function draw(...rows: string[]): TokenGrid {
	const tokens = rows.flatMap((row) => row.trim().split(/\s+/));
	const data = Float32Array.from(tokens, (text) => (text === "x" ? 1e6 : Number(text)));
	const norms = Float32Array.from(tokens, (text) => (text === "x" ? 100 : 1));
	return gridOf(rows.length, tokens.length / rows.length, 1, data, norms);
}

function repaired(...rows: string[]): number[] {
	return [...repairHighNormTokens(draw(...rows)).data];
}

/** Any grid, a third of its tokens long. */
const anyGrid = fc
	.record({ rows: fc.integer({ min: 1, max: 7 }), cols: fc.integer({ min: 1, max: 7 }) })
	.chain(({ rows, cols }) =>
		fc
			.record({
				values: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: rows * cols * 2, maxLength: rows * cols * 2 }),
				lengths: fc.array(fc.constantFrom(1, 1, 30), { minLength: rows * cols, maxLength: rows * cols }),
			})
			.map(({ values, lengths }) => gridOf(rows, cols, 2, Float32Array.from(values), Float32Array.from(lengths))),
	);

/** Which tokens stick out, in raster order. */
function broken(grid: TokenGrid): boolean[] {
	const flags = new Array<boolean>(grid.norms.length).fill(false);
	for (const [row, col] of findHighNormTokens(grid).positions) {
		flags[row * grid.cols + col] = true;
	}
	return flags;
}

describe("repairHighNormTokens", () => {
	it("leaves clean tokens, and the norms, as they are", () => {
		fc.assert(
			fc.property(anyGrid, (grid) => {
				const before = grid.data.slice();
				const { data, norms } = repairHighNormTokens(grid);
				expect(grid.data).toEqual(before);
				expect(norms).toEqual(grid.norms);
				for (const [token, isBroken] of broken(grid).entries()) {
					if (!isBroken) {
						expect(data.subarray(2 * token, 2 * token + 2)).toEqual(before.subarray(2 * token, 2 * token + 2));
					}
				}
			}),
		);
	});

	it("takes nothing from tokens that stick out, and stays within the clean ones", () => {
		fc.assert(
			fc.property(anyGrid, fc.constantFrom(0, 1e30, Number.NaN), (grid, nonsense) => {
				const flags = broken(grid);
				const other = { ...grid, data: grid.data.map((value, i) => (flags[i >> 1] ? nonsense : value)) };
				const { data } = repairHighNormTokens(grid);
				expect(repairHighNormTokens(other).data).toEqual(data);
				for (const channel of [0, 1]) {
					const of = (values: Float32Array) => [...values].filter((_, i) => i % 2 === channel);
					const clean = of(grid.data).filter((_, token) => !flags[token]);
					expect(Math.min(...of(data))).toBeGreaterThanOrEqual(Math.min(...clean));
					expect(Math.max(...of(data))).toBeLessThanOrEqual(Math.max(...clean));
				}
			}),
		);
	});

	it("changes nothing the second time", () => {
		fc.assert(
			fc.property(anyGrid, (grid) => {
				const once = repairHighNormTokens(grid);
				expect(repairHighNormTokens(once)).toEqual(once);
			}),
		);
	});

	it("turns with the grid", () => {
		const turn = (grid: TokenGrid): TokenGrid => {
			const { data, norms } = grid;
			const pairs = Array.from(norms, (_, token) => [...data.subarray(2 * token, 2 * token + 2)]);
			return { ...grid, data: Float32Array.from(pairs.reverse().flat()), norms: norms.slice().reverse() };
		};
		fc.assert(
			fc.property(anyGrid, (grid) => {
				const expected = turn(repairHighNormTokens(grid)).data;
				const { data } = repairHighNormTokens(turn(grid));
				for (const [i, value] of data.entries()) {
					expect(value).toBeCloseTo(expected[i], 4);
				}
			}),
		);
	});

	it("gives the grid itself back where no token sticks out", () => {
		const grid = draw("1 2 3", "4 5 6");
		expect(repairHighNormTokens(grid)).toBe(grid);
	});

	it("takes the mean of the neighbours, of fewer at an edge and in a corner", () => {
		expect(repaired("1 2 3", "4 x 6", "7 8 9")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(repaired("x 2", "4 6")).toEqual([4, 2, 4, 6]);
		expect(repaired("1 x 3")).toEqual([1, 2, 3]);
		expect(repaired("1 x 3 9 9 x")).toEqual([1, 2, 3, 9, 9, 9]);
	});

	it("fills a group from its rim inwards, whole rounds at a time", () => {
		expect(repaired("0 x x x 8 8 8 8 8")).toEqual([0, 0, 4, 8, 8, 8, 8, 8, 8]);
		expect(repaired("0 x x 9 9 9 9")).toEqual([0, 0, 9, 9, 9, 9, 9]);
	});

	it("leaves a grid without a clean token as it is", () => {
		const grid = gridOf(1, 3, 1, Float32Array.of(7, 8, 9), Float32Array.of(1, 2, 3));
		expect(repairHighNormTokens(grid, { deviations: -10 }).data).toEqual(grid.data);
	});

	it("takes the limit that it is given", () => {
		const grid = gridOf(1, 5, 1, Float32Array.of(1, 1, 1, 1, 9), Float32Array.of(1, 2, 3, 4, 8));
		expect(repairHighNormTokens(grid)).toBe(grid);
		expect([...repairHighNormTokens(grid, { deviations: 3 }).data]).toEqual([1, 1, 1, 1, 1]);
	});

	it("refuses arrays that do not fit the shape", () => {
		const grid = draw("1 2", "3 4");
		for (const wrong of [{ data: new Float32Array(3) }, { norms: new Float32Array(5) }]) {
			expect(() => repairHighNormTokens({ ...grid, ...wrong })).toThrowError(
				expect.objectContaining({ code: "SHAPE_MISMATCH" }),
			);
		}
	});
});
