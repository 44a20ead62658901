import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { appendPosition } from "./append-position.ts";
import { averageLocally } from "./local-averaging.ts";
import { componentVariances, totalVariance } from "./variances.ts";
import { whitenComponents } from "./whiten.ts";

const ROWS = 4;
const COLS = 6;

function pointsOf(valueAt: (row: number, col: number, d: number) => number, dim = 3): Matrix {
	const data = Float32Array.from({ length: ROWS * COLS * dim }, (_, at) => {
		const point = Math.floor(at / dim);
		return valueAt(Math.floor(point / COLS), point % COLS, at % dim);
	});
	return { data, rows: ROWS * COLS, cols: dim };
}

/** Two halves far apart, with noise. */
function halves(seed: number, noise: number): Matrix {
	const random = createRandom(seed);
	return pointsOf((_row, col) => (col < COLS / 2 ? 0 : 10) + noise * (random.next() - 0.5));
}

describe("averageLocally", () => {
	it("equals a mean with the weights of its definition", () => {
		fc.assert(
			fc.property(fc.nat(), (seed) => {
				const points = halves(seed, 8);
				const { data, cols: dim } = points;
				const reach = totalVariance(points);
				const averaged = averageLocally(points, ROWS, COLS, 1).data;
				for (let point = 0; point < ROWS * COLS; point++) {
					const [row, col] = [Math.floor(point / COLS), point % COLS];
					const sums = new Float64Array(dim);
					let weights = 0;
					for (let r = Math.max(0, row - 2); r <= Math.min(ROWS - 1, row + 2); r++) {
						for (let c = Math.max(0, col - 2); c <= Math.min(COLS - 1, col + 2); c++) {
							const other = (r * COLS + c) * dim;
							let distance = 0;
							for (let d = 0; d < dim; d++) {
								distance += (data[point * dim + d] - data[other + d]) ** 2;
							}
							const weight = Math.max(0, 1 - distance / reach) ** 2;
							weights += weight;
							sums.forEach((_, d) => {
								sums[d] += weight * data[other + d];
							});
						}
					}
					sums.forEach((sum, d) => {
						expect(averaged[point * dim + d]).toBeCloseTo(sum / weights, 4);
					});
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("lowers the noise of each half and keeps both apart", () => {
		const noisy = halves(1, 1);
		const averaged = averageLocally(noisy, ROWS, COLS, 2);
		const distances = (points: Matrix) =>
			Array.from(points.data, (value, at) => Math.abs(value - (Math.floor(at / 3) % COLS < COLS / 2 ? 0 : 10)));
		expect(Math.max(...distances(averaged))).toBeLessThan(Math.max(...distances(noisy)) / 2);
	});

	it("changes nothing without passes, and nothing where all points are equal", () => {
		const points = halves(1, 1);
		expect(averageLocally(points, ROWS, COLS, 0)).toBe(points);
		const flat = pointsOf(() => 3);
		expect(averageLocally(flat, ROWS, COLS, 4)).toEqual(flat);
	});

	it("refuses what does not fit", () => {
		expect(errorOf(() => averageLocally(halves(1, 1), ROWS, COLS + 1, 1))).toMatchObject({ code: "SHAPE_MISMATCH" });
		expect(errorOf(() => averageLocally(halves(1, 1), ROWS, COLS, 17)).message).toMatch(
			/passes must be .* 0 to 16, got 17/,
		);
	});
});

describe("whitenComponents", () => {
	it.each([0.25, 0.5, 1] as const)("raises deviations to the power 1 - %s", (power) => {
		const random = createRandom(2);
		const points = pointsOf((_row, _col, d) => [100, 1, 0][d] * (random.next() - 0.5));
		const before = componentVariances(points);
		const after = componentVariances(whitenComponents(points, power));
		expect(after[0]).toBeCloseTo(before[0] ** (1 - power), 3);
		expect(after[1]).toBeCloseTo(before[1] ** (1 - power), 3);
		expect(after[2]).toBe(0);
	});

	it("changes nothing at power 0, and refuses other powers", () => {
		const points = halves(1, 1);
		expect(whitenComponents(points, 0)).toBe(points);
		expect(errorOf(() => whitenComponents(points, 0.3 as 0.5)).message).toMatch(/one of 0, 0.25, 0.5, 1, got 0.3/);
	});
});

describe("appendPosition", () => {
	it("adds two centred components that hold weight squared times the variance, and keeps the others", () => {
		fc.assert(
			fc.property(fc.nat(), fc.double({ min: 0.01, max: 3, noNaN: true }), (seed, weight) => {
				const points = halves(seed, 8);
				const placed = appendPosition(points, ROWS, COLS, weight);
				const variances = componentVariances(placed);
				expect(placed.cols).toBe(points.cols + 2);
				expect([...variances.subarray(0, 3)]).toEqual([...componentVariances(points)]);
				expect((variances[3] + variances[4]) / (weight * weight * totalVariance(points))).toBeCloseTo(1, 4);
				expect(placed.data[3] + placed.data[placed.data.length - 2]).toBeCloseTo(0, 4);
				expect(placed.data[4] + placed.data[placed.data.length - 1]).toBeCloseTo(0, 4);
			}),
		);
	});

	it("has no variance where all points are equal, whatever their value", () => {
		fc.assert(
			fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), (value) => {
				expect(totalVariance(pointsOf(() => value))).toBe(0);
			}),
		);
	});

	it("leaves points alone that are all equal, a grid of one point, and the weight 0", () => {
		const flat = pointsOf(() => 3);
		expect(appendPosition(flat, ROWS, COLS, 1)).toBe(flat);
		const one: Matrix = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
		expect(appendPosition(one, 1, 1, 1)).toBe(one);
		const points = halves(1, 1);
		expect(appendPosition(points, ROWS, COLS, 0)).toBe(points);
		expect(errorOf(() => appendPosition(points, 1, COLS, 1))).toMatchObject({ code: "SHAPE_MISMATCH" });
	});
});
