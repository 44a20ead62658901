import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { cloud } from "../../../../fixtures/point-clouds.ts";
import type { Matrix } from "../tensor/index.ts";
import { lloyd } from "./lloyd.ts";

describe("lloyd", () => {
	it("never raises the inertia", () => {
		fc.assert(
			fc.property(cloud, (points) => {
				const clusters = Math.min(4, points.rows);
				const start = Float64Array.from(points.data.subarray(0, clusters * points.cols));
				let before = Number.POSITIVE_INFINITY;
				for (let maxIterations = 1; maxIterations < 8; maxIterations++) {
					const result = lloyd(kernels, points, start, { maxIterations, restShift: 0 });
					fc.pre(result.clusters === clusters);
					expect(result.inertia).toBeLessThanOrEqual(before * (1 + 1e-12));
					before = result.inertia;
				}
			}),
		);
	});

	it("gives an empty cluster the farthest point", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 2, 10), rows: 4, cols: 1 };
		const { labels, centroids } = lloyd(kernels, points, Float64Array.of(1, 100), { maxIterations: 300, restShift: 0 });
		expect(Array.from(labels)).toEqual([0, 0, 0, 1]);
		expect(Array.from(centroids)).toEqual([1, 10]);
	});

	it("gives an empty cluster the first of the farthest points, whatever their order", () => {
		const start = Float64Array.of(0, 100);
		for (const values of [
			[-5, 0, 5],
			[5, 0, -5],
			[0, 5, -5],
		]) {
			const points: Matrix = { data: Float32Array.from(values), rows: 3, cols: 1 };
			const { labels, centroids } = lloyd(kernels, points, start, { maxIterations: 300, restShift: 0 });
			const first = values.findIndex((value) => value !== 0);
			expect(Array.from(labels)).toEqual(values.map((_, at) => (at === first ? 1 : 0)));
			expect(Array.from(centroids)).toEqual([-values[first] / 2, values[first]]);
		}
	});

	it("takes the point for an empty cluster out of a cluster of several", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 3, 50), rows: 4, cols: 1 };
		const start = Float64Array.of(0.5, 70, 200);
		const { labels, centroids } = lloyd(kernels, points, start, { maxIterations: 300, restShift: 0 });
		expect(Array.from(labels)).toEqual([0, 0, 2, 1]);
		expect(Array.from(centroids)).toEqual([0.5, 50, 3]);
	});

	it("goes on while a cluster is empty, though the centroids have come to rest", () => {
		// The outer clusters move towards the middle one and take both of its points.
		const points: Matrix = { data: Float32Array.of(3.9, 3.9, 3.9, 4, 6, 6.1, 6.1, 6.1), rows: 8, cols: 1 };
		const start = Float64Array.of(2.9, 5, 7.1);
		const options = { maxIterations: 300, restShift: Number.POSITIVE_INFINITY };
		expect(lloyd(kernels, points, start, { ...options, maxIterations: 1 }).clusters).toBe(2);
		expect(lloyd(kernels, points, start, options).clusters).toBe(3);
	});

	it("drops a centroid that no point has chosen when the iterations run out", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 2, 10), rows: 4, cols: 1 };
		const result = lloyd(kernels, points, Float64Array.of(1000, 1, 10), { maxIterations: 0, restShift: 0 });
		expect(result).toMatchObject({ clusters: 2, inertia: 2, iterations: 0 });
		expect(Array.from(result.centroids)).toEqual([1, 10]);
		expect(Array.from(result.labels)).toEqual([0, 0, 0, 1]);
	});
});
