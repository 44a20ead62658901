import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends, kernels } from "../../../../fixtures/kernels.ts";
import { type FixtureTensor, loadTensors } from "../../../../fixtures/load.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { fitPcaToMoments, momentVariances } from "./fit-moments.ts";
import { addMoments, emptyMoments, type Moments, momentsOf } from "./moments.ts";
import { fitPca } from "./pca.ts";
import type { PcaModel } from "./principal-components.ts";

function fit(points: Matrix, option: number): PcaModel {
	return fitPcaToMoments(kernels, momentsOf(kernels, points), option).model as PcaModel;
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let largest = 0;
	for (let i = 0; i < expected.length; i++) {
		largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
	}
	return largest;
}

/** Length of what the components of `a` have outside those of `b`: the sine of the largest angle, or more. */
function distanceOfSubspaces(a: PcaModel, b: PcaModel): number {
	const { dim, componentCount } = a;
	let square = 0;
	for (let k = 0; k < componentCount; k++) {
		const rest = a.components.slice(k * dim, (k + 1) * dim);
		for (let j = 0; j < componentCount; j++) {
			const other = b.components.subarray(j * dim, (j + 1) * dim);
			const common = rest.reduce((sum, value, d) => sum + value * other[d], 0);
			for (let d = 0; d < dim; d++) {
				rest[d] -= common * other[d];
			}
		}
		square += rest.reduce((sum, value) => sum + value * value, 0);
	}
	return Math.sqrt(square);
}

/** Both models tell the same of the points, within `tolerance` of the total variance. */
function checkClose(actual: PcaModel, expected: PcaModel, tolerance: number): void {
	const total = expected.totalVariance;
	expect(actual.componentCount).toBe(expected.componentCount);
	expect(actual.dim).toBe(expected.dim);
	expect(largestDifference(actual.explainedVariance, expected.explainedVariance)).toBeLessThanOrEqual(
		tolerance * total,
	);
	expect(largestDifference(actual.explainedVarianceRatio, expected.explainedVarianceRatio)).toBeLessThanOrEqual(
		tolerance,
	);
	expect(Math.abs(actual.totalVariance - total)).toBeLessThanOrEqual(tolerance * total);
}

const tensor = loadTensors("reference/pca/synth384_data.safetensors").get("tokens") as FixtureTensor;
const synth384: Matrix = { data: tensor.data as Float32Array, rows: tensor.shape[0], cols: tensor.shape[1] };

/** Integers: rounding leaves them as they are. */
const lattice = fc
	.record({ rows: fc.integer({ min: 1, max: 14 }), cols: fc.integer({ min: 1, max: 14 }) })
	.chain(({ rows, cols }) =>
		fc
			.array(fc.integer({ min: -50, max: 50 }), { minLength: rows * cols, maxLength: rows * cols })
			.map((values): Matrix => ({ data: Float32Array.from(values), rows, cols })),
	);

describe("fitPcaToMoments", () => {
	it("equals fitPca but for float64 rounding where rounding to 2^-26 changes nothing", () => {
		fc.assert(
			fc.property(lattice, fc.integer({ min: 1, max: 14 }), (points, option) => {
				const expected = fitPca(kernels, points, option);
				const actual = fitPcaToMoments(kernels, momentsOf(kernels, points), option);
				expect(actual.warning).toEqual(expected.warning);
				checkClose(actual.model as PcaModel, expected.model as PcaModel, 1e-12);
				expect(largestDifference(actual.model?.mean ?? [], expected.model?.mean ?? [])).toBeLessThan(1e-12);
			}),
		);
	});

	it.each([
		["tokens", 0],
		["tokens whose mean is 30 times their deviation", 35.4],
	])(
		"equals fitPca to 1e-9 of the variance: %s",
		(_name, offset) => {
			// The stored tokens have 11 bits; scaled ones need all 24.
			const points = { ...synth384, data: synth384.data.map((value) => value * 1.1 + offset) };
			const actual = fit(points, 0.99);
			const expected = fitPca(kernels, points, 0.99).model as PcaModel;
			checkClose(actual, expected, 1e-9);
			expect(largestDifference(actual.mean, expected.mean)).toBeLessThan(1e-8);
			expect(distanceOfSubspaces(actual, expected)).toBeLessThan(1e-4);
		},
		60_000,
	);

	it("equals fitPca to 1e-7 of the variance for tokens of length 1", () => {
		const { rows, cols } = synth384;
		const data = synth384.data.slice();
		for (let start = 0; start < data.length; start += cols) {
			const row = data.subarray(start, start + cols);
			const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
			row.set(row.map((value) => value / length));
		}
		const points: Matrix = { data, rows, cols };
		const actual = fit(points, 0.99);
		const expected = fitPca(kernels, points, 0.99).model as PcaModel;
		checkClose(actual, expected, 1e-7);
		expect(distanceOfSubspaces(actual, expected)).toBeLessThan(1e-3);
	}, 60_000);

	it("does not take rounding for rank", () => {
		const random = createRandom(5);
		const direction = Array.from({ length: 20 }, () => random.next() - 0.5);
		for (const scale of [1, 1e-3, 1e-6]) {
			const data = Float32Array.from({ length: 400 * 20 }, () => 0);
			for (let i = 0; i < 400; i++) {
				const along = scale * (random.next() - 0.5);
				data.set(
					direction.map((value) => Math.fround(along) * Math.fround(value)),
					i * 20,
				);
			}
			const result = fitPcaToMoments(kernels, momentsOf(kernels, { data, rows: 400, cols: 20 }), 3);
			expect(result.model?.componentCount).toBe(1);
			expect(result.warning?.code).toBe("PCA_COMPONENTS_LOWERED");
		}
	});

	it("has at most as many components as points, less one", () => {
		const random = createRandom(6);
		const points: Matrix = { data: Float32Array.from({ length: 5 * 40 }, () => random.next()), rows: 5, cols: 40 };
		const { model, warning } = fitPcaToMoments(kernels, momentsOf(kernels, points), 10);
		expect(model?.componentCount).toBe(4);
		expect(warning?.message).toContain("the 5 tokens of 40 dimensions span only 4");
		checkClose(model as PcaModel, fitPca(kernels, points, 10).model as PcaModel, 1e-7);
	});

	it("is the same bytes however the moments came about, in every build of the kernels", () => {
		const rows = 100;
		const part = (from: number, to: number): Matrix => ({
			data: synth384.data.subarray(from * synth384.cols, to * synth384.cols),
			rows: to - from,
			cols: synth384.cols,
		});
		const first = fit(part(0, rows), 0.9);
		for (const build of backends) {
			const [a, b, c] = [part(0, 1), part(1, 37), part(37, rows)].map((points) => momentsOf(build, points));
			const moments = addMoments(c, addMoments(a, b));
			expect(fitPcaToMoments(build, moments, 0.9).model).toEqual(first);
			expect(fitPcaToMoments(build, structuredClone(moments), 0.9).model).toEqual(first);
		}
	});

	it.each([
		["one token", { data: Float32Array.of(3, -1, 4), rows: 1, cols: 3 }],
		["equal tokens", { data: new Float32Array(3 * 1369).fill(0.1), rows: 1369, cols: 3 }],
	])("works without variance: %s", (_name, points) => {
		const moments = momentsOf(kernels, points);
		const { model } = fitPcaToMoments(kernels, addMoments(moments, moments), 0.99);
		expect(Array.from(model?.components ?? [])).toEqual([1, 0, 0]);
		expect(Array.from(model?.explainedVariance ?? [])).toEqual([0]);
		expect(model?.totalVariance).toBe(0);
	});

	it("fits nothing for off", () => {
		const moments = momentsOf(kernels, { data: Float32Array.of(1, 2), rows: 1, cols: 2 });
		expect(fitPcaToMoments(kernels, moments, "off")).toEqual({ model: undefined });
	});

	it.each([0, 1.5, -3, 65537, Number.NaN])("refuses the option %d", (option) => {
		const moments = momentsOf(kernels, { data: Float32Array.of(1, 2), rows: 2, cols: 1 });
		expect(() => fitPcaToMoments(kernels, moments, option)).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringMatching(/^fitPcaToMoments: pca /) }),
		);
	});

	it("refuses moments of no points and moments whose parts do not fit", () => {
		const shapeMismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		expect(() => fitPcaToMoments(kernels, emptyMoments(2), 0.99)).toThrow(shapeMismatch);
		const moments: Moments = { ...emptyMoments(2), count: 3, dim: 3 };
		expect(() => fitPcaToMoments(kernels, moments, 0.99)).toThrow(shapeMismatch);
	});
});

describe("momentVariances", () => {
	it("are those of the columns, over N - 1", () => {
		const points = { data: Float32Array.of(1, 5, 2, 5, 6, 5), rows: 3, cols: 2 };
		expect([...momentVariances(momentsOf(kernels, points))]).toEqual([7, 0]);
	});

	it("are 0 of one point", () => {
		const points = { data: Float32Array.of(1, 5), rows: 1, cols: 2 };
		expect([...momentVariances(momentsOf(kernels, points))]).toEqual([0, 0]);
	});
});
