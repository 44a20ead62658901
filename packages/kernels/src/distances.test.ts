import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import { referenceKernels } from "./reference/index.ts";

const problem = fc
	.record({
		count: fc.integer({ min: 1, max: 12 }),
		dim: fc.integer({ min: 1, max: 9 }),
		targets: fc.integer({ min: 1, max: 11 }),
	})
	.chain(({ count, dim, targets }) =>
		fc.record({
			count: fc.constant(count),
			dim: fc.constant(dim),
			targetCount: fc.constant(targets),
			points: fc
				.array(fc.integer({ min: -3, max: 3 }), { minLength: count * dim, maxLength: count * dim })
				.map((values) => Float32Array.from(values, (value) => value * 0.3)),
			targets: fc
				.array(fc.integer({ min: -3, max: 3 }), { minLength: targets * dim, maxLength: targets * dim })
				.map((values) => Float64Array.from(values, (value) => Math.fround(value * 0.3))),
		}),
	);

describe.each(backends)("distances ($name)", (kernels) => {
	it("are the squared differences, summed in order", () => {
		fc.assert(
			fc.property(problem, ({ points, count, dim, targets, targetCount }) => {
				const expected = new Float64Array(count * targetCount);
				for (let i = 0; i < count; i++) {
					for (let t = 0; t < targetCount; t++) {
						for (let d = 0; d < dim; d++) {
							expected[i * targetCount + t] += (points[i * dim + d] - targets[t * dim + d]) ** 2;
						}
					}
				}
				expect(kernels.squaredDistances(points, count, dim, targets, targetCount)).toEqual(expected);
			}),
		);
	});

	it("assigns to the nearest centroid, the lowest of equals", () => {
		fc.assert(
			fc.property(problem, ({ points, count, dim, targets, targetCount }) => {
				const all = kernels.squaredDistances(points, count, dim, targets, targetCount);
				const { labels, distances, secondDistances } = kernels.assignClusters(points, count, dim, targets, targetCount);
				for (let i = 0; i < count; i++) {
					const row = all.subarray(i * targetCount, (i + 1) * targetCount);
					expect(distances[i]).toBe(Math.min(...row));
					expect(labels[i]).toBe(row.indexOf(distances[i]));
					const others = row.filter((_, target) => target !== labels[i]);
					expect(secondDistances[i]).toBe(Math.min(...others));
				}
			}),
		);
	});

	it("are the same where the points take several strips and targets or points are left over", () => {
		for (const [count, dim, targetCount] of [
			[403, 401, 7],
			[1025, 65, 9],
			[66, 3, 1000],
			[5, 70_000, 2],
		]) {
			const points = Float32Array.from({ length: count * dim }, (_, i) => ((i * 7919) % 1009) / 337);
			const targets = Float64Array.from({ length: targetCount * dim }, (_, i) => ((i * 104_729) % 997) / 331);
			const all = kernels.squaredDistances(points, count, dim, targets, targetCount);
			expect(all).toEqual(referenceKernels.squaredDistances(points, count, dim, targets, targetCount));
			const assignment = kernels.assignClusters(points, count, dim, targets, targetCount);
			expect(assignment).toEqual(referenceKernels.assignClusters(points, count, dim, targets, targetCount));
		}
	});

	it("finds a point that is a centroid at distance 0 and breaks that tie downwards", () => {
		const points = Float32Array.from([0.1, 0.2, 0.7, 1e-20]);
		const centroids = Float64Array.from([5, 5, ...points, ...points]);
		const { labels, distances } = kernels.assignClusters(points, 2, 2, centroids, 5);
		expect(Array.from(labels)).toEqual([1, 2]);
		expect(Array.from(distances)).toEqual([0, 0]);
	});

	it("tells points apart that differ by less than float32 can square", () => {
		const distances = kernels.squaredDistances(Float32Array.of(1e-40), 1, 1, Float64Array.of(0), 1);
		expect(distances[0]).toBeGreaterThan(0);
	});

	it("numbers more clusters than a byte holds", () => {
		const clusters = 1000;
		const points = Float32Array.from({ length: clusters }, (_, i) => i);
		const { labels } = kernels.assignClusters(points, clusters, 1, Float64Array.from(points), clusters);
		expect(Array.from(labels)).toEqual(Array.from(points));
	});
});
