import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { boundedAssignment } from "./bounded-assignment.ts";

describe("boundedAssignment", () => {
	it("follows centroids with exactly the labels of a new assignment, ties too", () => {
		fc.assert(
			fc.property(
				fc.nat(),
				fc.integer({ min: 1, max: 6 }),
				fc.constantFrom(0, 0.25, 0.01, 3),
				(seed, clusters, step) => {
					const random = createRandom(seed);
					const cols = 1 + (seed % 3);
					// A coarse lattice, so that many distances are equal.
					const points: Matrix = {
						data: Float32Array.from({ length: 40 * cols }, () => Math.floor(random.next() * 5)),
						rows: 40,
						cols,
					};
					const centroids = Float64Array.from({ length: clusters * cols }, () => Math.floor(random.next() * 5));
					const bounded = boundedAssignment(kernels, points);
					bounded.assign(centroids);
					for (let turn = 0; turn < 12; turn++) {
						for (let i = 0; i < centroids.length; i++) {
							centroids[i] += step * (Math.floor(random.next() * 3) - 1);
						}
						bounded.follow(centroids);
						const { labels } = kernels.assignClusters(points.data, points.rows, cols, centroids, clusters);
						expect(bounded.labels).toEqual(labels);
					}
				},
			),
		);
	});

	it("bounds the distances from both sides", () => {
		const random = createRandom(3);
		const points: Matrix = { data: Float32Array.from({ length: 200 }, () => random.next()), rows: 100, cols: 2 };
		const centroids = Float64Array.from({ length: 8 }, () => random.next());
		const bounded = boundedAssignment(kernels, points);
		bounded.assign(centroids);
		for (let turn = 0; turn < 20; turn++) {
			for (let i = 0; i < centroids.length; i++) {
				centroids[i] += 0.01 * (random.next() - 0.5);
			}
			bounded.follow(centroids);
			const exact = kernels.assignClusters(points.data, points.rows, 2, centroids, 4);
			for (let i = 0; i < points.rows; i++) {
				expect(bounded.upper[i] ** 2).toBeGreaterThanOrEqual(exact.distances[i]);
				expect(bounded.lower[i]).toBeLessThanOrEqual(Math.sqrt(exact.secondDistances[i]));
			}
		}
	});
});
