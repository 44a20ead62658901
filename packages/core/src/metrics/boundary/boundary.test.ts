import fc from "fast-check";
import munkres from "munkres";
import { describe, expect, it } from "vitest";
import {
	addBoundaryCounts,
	BOUNDARY_TOLERANCE,
	boundaryCounts,
	boundaryMap,
	boundaryScores,
	type LabelRaster,
} from "./index.ts";
import { matchPixels } from "./match-pixels.ts";
import { thin } from "./thin.ts";

/** A picture from rows of characters: "#" is 1, a digit is itself, anything else 0. */
function raster(...rows: string[]): LabelRaster & { data: Uint8Array } {
	const data = Uint8Array.from(rows.join(""), (character) => (character === "#" ? 1 : Number(character) || 0));
	return { data, width: rows[0].length, height: rows.length };
}

function drawn({ data, width }: { data: ArrayLike<number>; width: number }): string[] {
	const text = Array.from(data, (value) => (value ? "#" : ".")).join("");
	return Array.from({ length: text.length / width }, (_, row) => text.slice(row * width, (row + 1) * width));
}

const size = fc.record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) });
const binary = size.chain(({ width, height }) =>
	fc
		.array(fc.nat(2), { minLength: width * height, maxLength: width * height })
		.map((values) => ({ data: Uint8Array.from(values, (value) => (value === 0 ? 1 : 0)), width, height })),
);

/** Number of parts that are connected by sides or corners. */
function countParts({ data, width, height }: { data: Uint8Array; width: number; height: number }): number {
	const left = new Set([...data.keys()].filter((at) => data[at] === 1));
	let parts = 0;
	for (const start of left) {
		parts++;
		const stack = [start];
		left.delete(start);
		while (stack.length > 0) {
			const at = stack.pop() as number;
			for (let y = -1; y <= 1; y++) {
				for (let x = -1; x <= 1; x++) {
					const column = (at % width) + x;
					const row = Math.floor(at / width) + y;
					const next = row * width + column;
					if (column >= 0 && column < width && row >= 0 && row < height && left.delete(next)) {
						stack.push(next);
					}
				}
			}
		}
	}
	return parts;
}

describe("thin", () => {
	it("keeps parts together, takes only away, and has nothing left to do", () => {
		fc.assert(
			fc.property(binary, ({ data, width, height }) => {
				const thinned = data.slice();
				thin(thinned, width, height);
				expect(thinned.every((value, at) => value <= data[at])).toBe(true);
				expect(countParts({ data: thinned, width, height })).toBe(countParts({ data, width, height }));
				const again = thinned.slice();
				thin(again, width, height);
				expect(again).toEqual(thinned);
			}),
			{ numRuns: 500 },
		);
	});

	it("leaves a line and thins a bar to its middle", () => {
		const line = raster(".....", ".###.", ".....");
		thin(line.data, line.width, line.height);
		expect(drawn(line)).toEqual([".....", ".###.", "....."]);
		const bar = raster("#########", "#########", "#########");
		thin(bar.data, bar.width, bar.height);
		expect(bar.data.subarray(0, 9).every((value) => value === 0)).toBe(true);
		expect(bar.data.subarray(11, 16).every((value) => value === 1)).toBe(true);
		expect(bar.data.subarray(18).every((value) => value === 0)).toBe(true);
	});
});

describe("boundaryMap", () => {
	it("draws one line between two regions", () => {
		expect(drawn({ data: boundaryMap(raster("0011", "0011", "0011")), width: 4 })).toEqual([".#..", ".#..", ".#.."]);
		expect(drawn({ data: boundaryMap(raster("000", "000", "111", "111")), width: 3 })).toEqual([
			"...",
			"###",
			"...",
			"...",
		]);
	});

	it("is empty for one region, and does not depend on how regions are numbered", () => {
		fc.assert(
			fc.property(binary, ({ data, width, height }) => {
				expect(boundaryMap({ data: data.map(() => 7), width, height }).every((value) => value === 0)).toBe(true);
				const renamed = data.map((value) => 200 - 3 * value);
				expect(boundaryMap({ data: renamed, width, height })).toEqual(boundaryMap({ data, width, height }));
			}),
		);
	});
});

describe("matchPixels", () => {
	it("makes as many pairs as the best assignment, one to one and within the radius", () => {
		const both = size.chain(({ width, height }) => {
			const map = fc
				.array(fc.boolean(), { minLength: width * height, maxLength: width * height })
				.map((values) => Uint8Array.from(values, Number));
			return fc.record({
				width: fc.constant(width),
				height: fc.constant(height),
				first: map,
				second: map,
				radius: fc.constantFrom(0, 1, 1.5, 2, 3.2),
			});
		});
		fc.assert(
			fc.property(both, ({ width, height, first, second, radius }) => {
				const { matched, count } = matchPixels(first, second, width, height, radius);
				expect(count).toBe(mostPairs(first, second, width, radius));
				expect(matched.reduce((sum, value) => sum + value, 0)).toBe(count);
				expect(matched.every((value, at) => value <= first[at])).toBe(true);
				expect(matchPixels(second, first, width, height, radius).count).toBe(count);
			}),
			{ numRuns: 400 },
		);
	});
});

/** By brute force: an assignment in which a pair beyond the radius costs 1, any other nothing. */
function mostPairs(first: Uint8Array, second: Uint8Array, width: number, radius: number): number {
	const placesOf = (map: Uint8Array) => [...map.keys()].filter((at) => map[at] === 1);
	const [a, b] = [placesOf(first), placesOf(second)];
	if (a.length === 0 || b.length === 0) {
		return 0;
	}
	const cost = (from: number, to: number) => {
		const x = (from % width) - (to % width);
		const y = Math.floor(from / width) - Math.floor(to / width);
		return x * x + y * y <= radius * radius ? 0 : 1;
	};
	const costs = a.map((from) => b.map((to) => cost(from, to)));
	return munkres(costs).filter(([row, column]) => costs[row][column] === 0).length;
}

describe("boundaryCounts", () => {
	/** Two regions that meet at a column. */
	function halves(column: number, width = 200, height = 100): LabelRaster & { data: Uint8Array } {
		return {
			data: Uint8Array.from({ length: width * height }, (_, at) => (at % width < column ? 0 : 1)),
			width,
			height,
		};
	}

	it("is perfect for the same partition, however it is numbered", () => {
		fc.assert(
			fc.property(binary, ({ data, width, height }) => {
				const renamed = { data: data.map((value) => 9 - value), width, height };
				const { precision, recall } = boundaryScores(boundaryCounts([{ data, width, height }], renamed));
				expect([precision, recall]).toEqual([1, 1]);
			}),
		);
	});

	it("forgives what lies within 0.0075 of the diagonal, and nothing beyond", () => {
		// The diagonal of 200 x 100 is 223.6: 1.68 pixels.
		expect(BOUNDARY_TOLERANCE * Math.sqrt(200 ** 2 + 100 ** 2)).toBeCloseTo(1.677, 3);
		expect(boundaryScores(boundaryCounts([halves(80)], halves(81))).f).toBe(1);
		expect(boundaryScores(boundaryCounts([halves(80)], halves(82))).f).toBe(0);
		expect(boundaryScores(boundaryCounts([halves(80)], halves(82), { tolerance: 0.01 })).f).toBe(1);
	});

	it("matches one to one: a line drawn twice is right once", () => {
		const data = halves(80).data.map((label, at) => (at % 200 === 80 || at % 200 === 81 ? 2 : label));
		const counts = boundaryCounts([halves(81)], { ...halves(80), data });
		expect(counts).toEqual({ matchedPredicted: 100, predicted: 200, matchedTruth: 100, truth: 100 });
	});

	it("counts what any annotator has for precision, what each has for recall", () => {
		const counts = boundaryCounts([halves(80), halves(150)], halves(80));
		expect(counts).toEqual({ matchedPredicted: 100, predicted: 100, matchedTruth: 100, truth: 200 });
		const { precision, recall, f } = boundaryScores(counts);
		expect([precision, recall]).toEqual([1, 0.5]);
		expect(f).toBeCloseTo(2 / 3, 12);
		expect(addBoundaryCounts(counts, counts).truth).toBe(400);
	});

	it("leaves out what lies at ignored pixels of the truth", () => {
		const width = 200;
		const truth = halves(80);
		const data = Uint8Array.from(truth.data, (label, at) => (at >= 50 * width ? 255 : label));
		const counts = boundaryCounts([{ ...truth, data }], halves(80), { ignoreLabel: 255 });
		expect(counts).toEqual({ matchedPredicted: 49, predicted: 49, matchedTruth: 49, truth: 49 });
		const elsewhere = boundaryCounts([{ ...truth, data }], halves(120), { ignoreLabel: 255 });
		expect(elsewhere).toEqual({ matchedPredicted: 0, predicted: 49, matchedTruth: 0, truth: 49 });
	});

	it.each([
		["first column", (x: number) => x === 0, 199],
		["last column", (x: number) => x === 199, 198],
		["first row", (_x: number, y: number) => y === 0, 99],
		["last row", (_x: number, y: number) => y === 99, 98],
	])("leaves out no more than what lies beside an ignored %s", (edge, isIgnored, left) => {
		const [width, height] = [200, 100];
		const isFirst = (x: number, y: number) => (edge.endsWith("column") ? y < 50 : x < 100);
		const draw = (labelOf: (x: number, y: number) => number) => {
			const data = Uint8Array.from({ length: width * height }, (_, at) => labelOf(at % width, Math.floor(at / width)));
			return { data, width, height };
		};
		const predicted = draw((x, y) => (isFirst(x, y) ? 0 : 1));
		const truth = draw((x, y) => (isIgnored(x, y) ? 255 : isFirst(x, y) ? 0 : 1));
		expect(boundaryCounts([truth], predicted, { ignoreLabel: 255 })).toEqual({
			matchedPredicted: left,
			predicted: left,
			matchedTruth: left,
			truth: left,
		});
	});

	it("has defined scores without any boundary", () => {
		const none = { ...halves(80), data: new Uint8Array(200 * 100) };
		expect(boundaryScores(boundaryCounts([none], none)).f).toBe(1);
		expect(boundaryScores(boundaryCounts([halves(80)], none))).toEqual({ precision: 1, recall: 0, f: 0 });
	});

	it("refuses maps of different sizes", () => {
		expect(() => boundaryCounts([halves(80, 10, 10)], halves(80))).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
