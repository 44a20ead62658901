import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";

const shape = fc.record({ count: fc.integer({ min: 1, max: 23 }), dim: fc.integer({ min: 1, max: 23 }) });
const matrix = shape.chain(({ count, dim }) =>
	fc
		.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: count * dim, maxLength: count * dim })
		.map((values) => ({ count, dim, points: Float32Array.from(values) })),
);

/** Sums in the order that the contract names, element by element. */
function plainProducts(
	rows: number,
	other: number,
	length: number,
	value: (i: number, j: number, k: number) => number,
) {
	const out = new Float64Array(rows * other);
	for (let i = 0; i < rows; i++) {
		for (let j = 0; j < other; j++) {
			let sum = 0;
			for (let k = 0; k < length; k++) {
				sum += value(i, j, k);
			}
			out[i * other + j] = sum;
		}
	}
	return out;
}

/** A repeatable cloud of points around a large offset. */
function cloud(count: number, dim: number): Float32Array {
	return Float32Array.from({ length: count * dim }, (_, i) => 500 + Math.sin(i * 12.9898) * ((i % dim) + 1));
}

describe.each(backends)("moments ($name)", (kernels) => {
	it("means are the sums in order, divided", () => {
		fc.assert(
			fc.property(matrix, ({ points, count, dim }) => {
				const sums = plainProducts(1, dim, count, (_, d, i) => points[i * dim + d]);
				expect(kernels.columnMeans(points, count, dim)).toEqual(sums.map((sum) => sum / count));
			}),
		);
	});

	it("the mean of equal rows is that row exactly", () => {
		const row = Float32Array.from([0.1, -3.3, 1e-7, 12345.678]);
		const points = Float32Array.from({ length: 4 * 1369 }, (_, i) => row[i % 4]);
		expect(kernels.columnMeans(points, 1369, 4)).toEqual(Float64Array.from(row));
	});

	it("scatter and Gram matrix equal the plain sums to the last bit", () => {
		fc.assert(
			fc.property(matrix, ({ points, count, dim }) => {
				const mean = kernels.columnMeans(points, count, dim);
				const at = (i: number, d: number) => points[i * dim + d] - mean[d];
				expect(kernels.scatterMatrix(points, count, dim, mean)).toEqual(
					plainProducts(dim, dim, count, (a, b, i) => at(i, a) * at(i, b)),
				);
				expect(kernels.gramMatrix(points, count, dim, mean)).toEqual(
					plainProducts(count, count, dim, (a, b, d) => at(a, d) * at(b, d)),
				);
			}),
		);
	});

	it("sums that are longer than a block keep their order", () => {
		const tall = cloud(600, 7);
		const tallMean = kernels.columnMeans(tall, 600, 7);
		expect(kernels.scatterMatrix(tall, 600, 7, tallMean)).toEqual(
			plainProducts(7, 7, 600, (a, b, i) => (tall[i * 7 + a] - tallMean[a]) * (tall[i * 7 + b] - tallMean[b])),
		);
		const wide = cloud(7, 600);
		const wideMean = kernels.columnMeans(wide, 7, 600);
		expect(kernels.gramMatrix(wide, 7, 600, wideMean)).toEqual(
			plainProducts(7, 7, 600, (a, b, d) => (wide[a * 600 + d] - wideMean[d]) * (wide[b * 600 + d] - wideMean[d])),
		);
	});

	it("projects centred rows, rounding once", () => {
		const dim = 11;
		for (const count of [1, 5, 64, 131]) {
			for (const componentCount of [1, 2, 3, 9]) {
				const points = cloud(count, dim);
				const mean = kernels.columnMeans(points, count, dim);
				const components = Float64Array.from({ length: componentCount * dim }, (_, i) => Math.cos(i * 7.1));
				expect(kernels.project(points, count, dim, mean, components, componentCount)).toEqual(
					Float32Array.from(
						plainProducts(
							count,
							componentCount,
							dim,
							(i, k, d) => (points[i * dim + d] - mean[d]) * components[k * dim + d],
						),
					),
				);
			}
		}
	});

	it("sums weighted centred rows in the order of the points", () => {
		for (const [count, dim] of [
			[1, 1],
			[3, 7],
			[130, 11],
			[300, 6],
		]) {
			for (const combinations of [1, 2, 4, 9]) {
				const points = cloud(count, dim);
				const mean = kernels.columnMeans(points, count, dim);
				const weights = Float64Array.from({ length: combinations * count }, (_, i) => Math.cos(i * 7.1));
				expect(kernels.combineRows(points, count, dim, mean, weights, combinations)).toEqual(
					plainProducts(
						combinations,
						dim,
						count,
						(k, d, i) => weights[k * count + i] * (points[i * dim + d] - mean[d]),
					),
				);
			}
		}
	});

	it("modifies no input", () => {
		const points = cloud(9, 5);
		const mean = kernels.columnMeans(points, 9, 5);
		const before = [points.slice(), mean.slice()];
		kernels.scatterMatrix(points, 9, 5, mean);
		kernels.gramMatrix(points, 9, 5, mean);
		kernels.project(points, 9, 5, mean, new Float64Array(5), 1);
		kernels.combineRows(points, 9, 5, mean, new Float64Array(9), 1);
		expect([points, mean]).toEqual(before);
	});
});
