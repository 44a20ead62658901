import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends, kernels } from "../../../../fixtures/kernels.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { bigIntAt, type ExactSums } from "./exact-sums.ts";
import { addMoments, emptyMoments, type Moments, momentsOf } from "./moments.ts";

const element = fc.oneof(
	fc.float({ min: Math.fround(-1023.9), max: Math.fround(1023.9), noNaN: true }),
	fc.float({ min: Math.fround(-1e-6), max: Math.fround(1e-6), noNaN: true }),
	fc.constantFrom(0, -0, 0.5 ** 27, -(0.5 ** 27), 1023.9999, -1023.9999),
);

function matrixOf(minRows: number): fc.Arbitrary<Matrix> {
	return fc
		.record({ rows: fc.integer({ min: minRows, max: 30 }), cols: fc.integer({ min: 1, max: 5 }) })
		.chain(({ rows, cols }) =>
			fc
				.array(element, { minLength: rows * cols, maxLength: rows * cols })
				.map((values): Matrix => ({ data: Float32Array.from(values), rows, cols })),
		);
}

function rowsAt({ data, cols }: Matrix, rows: readonly number[]): Matrix {
	const picked = rows.flatMap((row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));
	return { data: Float32Array.from(picked), rows: rows.length, cols };
}

function stack(a: Matrix, b: Matrix): Matrix {
	return { data: Float32Array.of(...a.data, ...b.data), rows: a.rows + b.rows, cols: a.cols };
}

/** The bytes themselves: 0 and -0 are told apart. */
function bytesOf({ count, dim, sums, products }: Moments) {
	const arrays = [sums.high, sums.low, products.high, products.low];
	return { count, dim, bytes: arrays.map((array) => Array.from(new BigUint64Array(array.slice().buffer))) };
}

function integersOf(sums: ExactSums): bigint[] {
	return Array.from(sums.high.keys(), (at) => bigIntAt(sums, at));
}

/** Sums and products of the rounded points in integers of any length. */
function expectedOf({ data, rows, cols }: Matrix) {
	const steps = Array.from(data, (value) => BigInt(Math.floor(value * 2 ** 26 + 0.5)));
	const sums = new Array<bigint>(cols).fill(0n);
	const products: bigint[] = [];
	for (let i = 0; i < cols; i++) {
		for (let row = 0; row < rows; row++) {
			sums[i] += steps[row * cols + i];
		}
		for (let j = 0; j <= i; j++) {
			let product = 0n;
			for (let row = 0; row < rows; row++) {
				product += steps[row * cols + i] * steps[row * cols + j];
			}
			products.push(product);
		}
	}
	return { sums, products };
}

describe("moments", () => {
	it("are the same bytes for any division of the points, merged in any order and grouping", () => {
		fc.assert(
			fc.property(matrixOf(1), fc.integer(), (points, seed) => {
				const random = createRandom(seed);
				const below = (count: number) => Math.floor(random.next() * count);
				const portions = Array.from({ length: 1 + below(6) }, (): number[] => []);
				for (let row = 0; row < points.rows; row++) {
					const portion = portions[below(portions.length)];
					portion.splice(below(portion.length + 1), 0, row);
				}
				const parts = portions.map((rows) => momentsOf(kernels, rowsAt(points, rows)));
				while (parts.length > 1) {
					const [a] = parts.splice(below(parts.length), 1);
					const [b] = parts.splice(below(parts.length), 1);
					parts.push(addMoments(a, b));
				}
				expect(bytesOf(parts[0])).toEqual(bytesOf(momentsOf(kernels, points)));
			}),
		);
	});

	it("are the sums of the rounded points to the last digit", () => {
		fc.assert(
			fc.property(matrixOf(0), (points) => {
				const { sums, products } = momentsOf(kernels, points);
				expect({ sums: integersOf(sums), products: integersOf(products) }).toEqual(expectedOf(points));
				for (const { low } of [sums, products]) {
					expect(low.every((part) => part >= 0 && part < 2 ** 52)).toBe(true);
				}
			}),
		);
	});

	it("add up in any order, and empty ones change nothing", () => {
		const same = (a: Moments, b: Moments) => expect(bytesOf(a)).toEqual(bytesOf(b));
		fc.assert(
			fc.property(matrixOf(0), matrixOf(0), matrixOf(0), (a, b, c) => {
				const cols = Math.min(a.cols, b.cols, c.cols);
				const [x, y, z] = [a, b, c].map(({ data, rows }) =>
					momentsOf(kernels, { data: data.slice(0, rows * cols), rows, cols }),
				);
				same(addMoments(x, y), addMoments(y, x));
				same(addMoments(addMoments(x, y), z), addMoments(x, addMoments(y, z)));
				same(addMoments(x, emptyMoments(cols)), x);
				same(addMoments(emptyMoments(cols), x), x);
				same(momentsOf(kernels, { data: new Float32Array(0), rows: 0, cols }), emptyMoments(cols));
			}),
		);
	});

	it("stay exact over blocks of the largest numbers", () => {
		const largest = Math.fround(1024 - 2 ** -14);
		const data = Float32Array.from({ length: 5000 * 3 }, (_, i) => (i % 3 === 2 && i % 2 === 0 ? -largest : largest));
		const points: Matrix = { data, rows: 5000, cols: 3 };
		const once = momentsOf(kernels, points);
		expect({ sums: integersOf(once.sums), products: integersOf(once.products) }).toEqual(expectedOf(points));

		let doubled = once;
		for (let times = 0; times < 19; times++) {
			doubled = addMoments(doubled, doubled);
		}
		expect(doubled.count).toBe(5000 * 2 ** 19);
		expect(integersOf(doubled.products)).toEqual(integersOf(once.products).map((product) => product << 19n));
	});

	it("keep float32 numbers of magnitude 1/8 and more as they are", () => {
		fc.assert(
			fc.property(fc.float({ min: 0.125, max: Math.fround(1023.9), noNaN: true }), (value) => {
				const { sums } = momentsOf(kernels, { data: Float32Array.of(value, -value), rows: 1, cols: 2 });
				expect(integersOf(sums)).toEqual([BigInt(value * 2 ** 26), BigInt(-value * 2 ** 26)]);
			}),
		);
	});

	it("are the same bytes in every build of the kernels", () => {
		fc.assert(
			fc.property(matrixOf(1), matrixOf(1), (a, b) => {
				const points = a.cols === b.cols ? stack(a, b) : a;
				const [first, ...others] = backends.map((build) => bytesOf(momentsOf(build, points)));
				for (const other of others) {
					expect(other).toEqual(first);
				}
			}),
		);
	});

	it("are plain data, and leave what they are made from alone", () => {
		const data = Float32Array.of(1, -2, 3, 0.3);
		const a = momentsOf(kernels, { data, rows: 2, cols: 2 });
		expect(data).toEqual(Float32Array.of(1, -2, 3, 0.3));
		expect(structuredClone(a)).toEqual(a);
		const before = structuredClone(a);
		addMoments(a, a);
		expect(a).toEqual(before);
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, 1024, -1024, 3e38])("refuse an element of %d", (value) => {
		const points: Matrix = { data: Float32Array.of(1, 2, 3, value), rows: 2, cols: 2 };
		expect(() => momentsOf(kernels, points)).toThrow(
			expect.objectContaining({
				code: "MOMENTS_OUT_OF_RANGE",
				message: expect.stringContaining(`got ${Math.fround(value)} in column 1`),
			}),
		);
	});

	it("refuse more points than add up exactly", () => {
		const half: Moments = { ...emptyMoments(1), count: 2 ** 31 };
		const all = addMoments(half, half);
		expect(all.count).toBe(2 ** 32);
		expect(() => addMoments(all, { ...emptyMoments(1), count: 1 })).toThrow(
			expect.objectContaining({ code: "MOMENTS_OUT_OF_RANGE" }),
		);
		expect(() => addMoments(half, { ...emptyMoments(1), count: 0.5 })).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});

	it("refuse shapes that do not fit", () => {
		const shapeMismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		expect(() => momentsOf(kernels, { data: new Float32Array(3), rows: 2, cols: 2 })).toThrow(shapeMismatch);
		expect(() => addMoments(emptyMoments(2), emptyMoments(3))).toThrow(shapeMismatch);
		expect(() => addMoments(emptyMoments(2), { ...emptyMoments(2), sums: emptyMoments(1).sums })).toThrow(
			shapeMismatch,
		);
		expect(() => addMoments({ ...emptyMoments(2), products: emptyMoments(1).products }, emptyMoments(2))).toThrow(
			shapeMismatch,
		);
		for (const dim of [0, -1, 1.5, 16385]) {
			expect(() => emptyMoments(dim)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
		}
	});
});
