import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import { referenceKernels } from "./reference/index.ts";

const problem = fc
	.record({ count: fc.integer({ min: 1, max: 12 }), dim: fc.integer({ min: 1, max: 9 }) })
	.chain(({ count, dim }) =>
		fc.record({
			dim: fc.constant(dim),
			rows: fc.array(
				fc.record({
					point: fc.array(fc.integer({ min: -30, max: 30 }), { minLength: dim, maxLength: dim }),
					label: fc.nat(3),
					weight: fc.integer({ min: 1, max: 5 }),
				}),
				{ minLength: count, maxLength: count },
			),
		}),
	);

describe.each(backends)("clusterSums ($name)", (kernels) => {
	it("adds each point to its cluster as often as its weight says", () => {
		fc.assert(
			fc.property(problem, ({ dim, rows }) => {
				const expected = new Float64Array(4 * dim);
				for (const { point, label, weight } of rows) {
					for (let d = 0; d < dim; d++) {
						expected[label * dim + d] += point[d] * weight;
					}
				}
				const points = Float32Array.from(rows.flatMap(({ point }) => point));
				const labels = Uint16Array.from(rows, ({ label }) => label);
				const weights = Float64Array.from(rows, ({ weight }) => weight);
				const sums = kernels.clusterSums(points, rows.length, dim, labels, weights, 4);
				expect(sums.map((sum) => sum + 0)).toEqual(expected.map((sum) => sum + 0));
			}),
		);
	});

	it("has the bytes of the reference where the points take several strips", () => {
		for (const [count, dim] of [
			[403, 401],
			[3, 9001],
			[30_001, 3],
		]) {
			const points = Float32Array.from({ length: count * dim }, (_, i) => ((i * 7919) % 1009) / 337);
			const labels = Uint16Array.from({ length: count }, (_, i) => (i * i) % 7);
			const weights = Float64Array.from({ length: count }, (_, i) => 1 / (1 + (i % 11)));
			const sums = kernels.clusterSums(points, count, dim, labels, weights, 7);
			expect(sums).toEqual(referenceKernels.clusterSums(points, count, dim, labels, weights, 7));
		}
	});
});
