import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { checkConsistent, cloud, scattered } from "../../../../fixtures/point-clouds.ts";
import { createRandom } from "../rng.ts";
import { kMeans, kMeansFrom } from "./k-means.ts";

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

describe("kMeansFrom", () => {
	it("stays where kMeans ended", () => {
		const points = scattered(2);
		const found = kMeans(kernels, points, { clusters: 5, restarts: 3, random: createRandom(0), tolerance: 0 });
		const again = kMeansFrom(kernels, points, found.centroids, { tolerance: 0 });
		expect(again.labels).toEqual(found.labels);
		expect(again.inertia).toBeCloseTo(found.inertia, 9);
	});

	it("leaves its start alone and gets no worse than it", () => {
		fc.assert(
			fc.property(cloud, (points) => {
				const clusters = Math.min(3, points.rows);
				const start = Float64Array.from(points.data.subarray(0, clusters * points.cols));
				const before = kernels.assignClusters(points.data, points.rows, points.cols, start, clusters);
				const result = kMeansFrom(kernels, points, start);
				checkConsistent(kernels, points, result);
				expect(result.inertia).toBeLessThanOrEqual(total(before.distances) * (1 + 1e-12));
				expect(start).toEqual(Float64Array.from(points.data.subarray(0, clusters * points.cols)));
			}),
		);
	});

	it("refuses a start that does not fit", () => {
		const points = scattered(2);
		const shape = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		expect(() => kMeansFrom(kernels, points, new Float64Array(0))).toThrow(shape);
		expect(() => kMeansFrom(kernels, points, new Float64Array(5))).toThrow(shape);
		expect(() => kMeansFrom(kernels, points, new Float64Array(4 * 201))).toThrow(shape);
		expect(() => kMeansFrom(kernels, points, new Float64Array(4), { maxIterations: 0 })).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});
});
