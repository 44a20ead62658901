import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { SCATTERED_GRID as GRID, scattered } from "../../../../fixtures/point-clouds.ts";
import { clusterTokens, cutTokenClusters } from "./cluster-tokens.ts";

describe("clusterTokens", () => {
	it("has at every cut the means and the inertia of its segments, nested in those of coarser cuts", () => {
		fc.assert(
			fc.property(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 12 }), (seed, leaves) => {
				const points = scattered(seed);
				const clusters = clusterTokens(kernels, points, GRID, { leaves, restarts: 1, seed });
				let coarser: Uint16Array = new Uint16Array(points.rows);
				for (let count = 1; count <= leaves; count++) {
					const { labels, centroids, inertia } = cutTokenClusters(clusters, count);
					expect(new Set(labels).size).toBe(count);
					let expected = 0;
					for (let token = 0; token < points.rows; token++) {
						for (let d = 0; d < points.cols; d++) {
							const mean = centroids[labels[token] * points.cols + d];
							expected += (points.data[token * points.cols + d] - mean) ** 2;
						}
					}
					expect(inertia / expected).toBeCloseTo(1, 4);
					const parents = new Map(Array.from(labels, (label, token) => [label, coarser[token]]));
					expect(Array.from(labels, (label) => parents.get(label))).toEqual([...coarser]);
					coarser = labels;
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("is k-means at its finest cut", () => {
		const clusters = clusterTokens(kernels, scattered(1), GRID, { leaves: 5, restarts: 2, seed: 3 });
		const { labels, inertia, ofLeaves } = cutTokenClusters(clusters, 5);
		expect(labels).toEqual(clusters.leaves.labels);
		expect(inertia).toBe(clusters.leaves.inertia);
		expect([...ofLeaves]).toEqual([0, 1, 2, 3, 4]);
	});
});
