import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { averageFrames } from "./average-frames.ts";
import { totalVariance } from "./variances.ts";

const [ROWS, COLS, DIM] = [4, 6, 3];

/** Two halves far apart, with noise; the border lies at `border`. */
function frame(seed: number, border = 3): Matrix {
	const random = createRandom(seed);
	const data = Float32Array.from({ length: ROWS * COLS * DIM }, (_, at) => {
		const col = Math.floor(at / DIM) % COLS;
		return (col < border ? 0 : 10) + 4 * (random.next() - 0.5);
	});
	return { data, rows: ROWS * COLS, cols: DIM };
}

describe("averageFrames", () => {
	it("equals a mean with the weights of its definition", () => {
		fc.assert(
			fc.property(fc.nat(), fc.integer({ min: 1, max: 2 }), (seed, others) => {
				const points = frame(seed);
				const beside = Array.from({ length: others }, (_, index) => frame(seed + 1 + index, 4));
				const reach = totalVariance(points);
				const averaged = averageFrames(points, ROWS, COLS, beside).data;
				for (let point = 0; point < ROWS * COLS; point++) {
					const [row, col] = [Math.floor(point / COLS), point % COLS];
					const own = points.data.subarray(point * DIM, (point + 1) * DIM);
					const sums = Float64Array.from(own);
					let weights = 1;
					for (const { data } of beside) {
						for (let other = 0; other < ROWS * COLS; other++) {
							const [r, c] = [Math.floor(other / COLS), other % COLS];
							const near = Math.abs(r - row) <= 2 && Math.abs(c - col) <= 2;
							const value = data.subarray(other * DIM, (other + 1) * DIM);
							const distance = own.reduce((sum, element, d) => sum + (element - value[d]) ** 2, 0);
							const weight = near ? Math.max(0, 1 - distance / reach) ** 2 : 0;
							weights += weight;
							value.forEach((element, d) => {
								sums[d] += weight * element;
							});
						}
					}
					sums.forEach((sum, d) => {
						expect(averaged[point * DIM + d]).toBeCloseTo(sum / weights, 4);
					});
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("is itself without frames beside it, and where all points are equal", () => {
		const points = frame(1);
		expect(averageFrames(points, ROWS, COLS, [])).toBe(points);
		const flat = { ...points, data: new Float32Array(points.data.length).fill(3) };
		expect(averageFrames(flat, ROWS, COLS, [points])).toBe(flat);
	});

	it("refuses frames of another shape", () => {
		const points = frame(1);
		const other = { ...points, data: points.data.subarray(DIM), rows: points.rows - 1 };
		expect(errorOf(() => averageFrames(points, ROWS, COLS, [other]))).toMatchObject({ code: "SHAPE_MISMATCH" });
		expect(errorOf(() => averageFrames(points, ROWS, COLS + 1, []))).toMatchObject({ code: "SHAPE_MISMATCH" });
	});
});
