import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { cloud, scattered } from "../../../../fixtures/point-clouds.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans, kMeansFrom } from "./k-means.ts";
import { lloyd } from "./lloyd.ts";

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Every point as often as its weight says, equal ones side by side. */
function repeated(points: Matrix, weights: Float64Array): Matrix {
	const rows: number[] = [];
	for (let i = 0; i < points.rows; i++) {
		rows.push(...new Array<number>(weights[i]).fill(i));
	}
	const data = rows.flatMap((i) => Array.from(points.data.subarray(i * points.cols, (i + 1) * points.cols)));
	return { data: Float32Array.from(data), rows: rows.length, cols: points.cols };
}

describe("weights of points", () => {
	it("are as good as repeating points for Lloyd's iteration, up to rounding", () => {
		forEachSeed(20, (seed) => {
			const points = scattered(seed);
			const random = createRandom(seed + 100);
			const weights = Float64Array.from({ length: points.rows }, () => 1 + Math.floor(random.next() * 4));
			const start = Float64Array.from(points.data.subarray(0, 20));
			const limits = { maxIterations: 300, restShift: 0 };
			const weighted = lloyd(kernels, points, start, { ...limits, weights });
			const plain = lloyd(kernels, repeated(points, weights), start, limits);
			expect(weighted.iterations).toBe(plain.iterations);
			expect(weighted.inertia).toBeCloseTo(plain.inertia, 6);
			for (const [i, value] of weighted.centroids.entries()) {
				expect(value).toBeCloseTo(plain.centroids[i], 9);
			}
		});
	});

	// The exchange moves a point with all its weight, but repeated points one by one: optima that are close may differ.
	it("are as good as repeating points where the clusters are clear, zeros left out", () => {
		forEachSeed(20, (seed) => {
			const random = createRandom(seed);
			const data = Float32Array.from({ length: 120 }, (_, at) => ((at >> 1) % 3) * 20 + random.next());
			const points: Matrix = { data, rows: 60, cols: 2 };
			const weights = Float64Array.from({ length: 60 }, () => Math.floor(random.next() * 4));
			const options = () => ({ clusters: 3, restarts: 2, random: createRandom(seed) });
			const weighted = kMeans(kernels, points, { ...options(), weights });
			const plain = kMeans(kernels, repeated(points, weights), options());
			expect(weighted.inertia).toBeCloseTo(plain.inertia, 6);
			expect(Array.from(weighted.centroids, (value) => value.toFixed(6)).sort()).toEqual(
				Array.from(plain.centroids, (value) => value.toFixed(6)).sort(),
			);
		});
	});

	it("of 1 each change nothing, whatever array holds them", () => {
		const points = scattered(1);
		const options = () => ({ clusters: 4, restarts: 2, random: createRandom(1) });
		const plain = kMeans(kernels, points, options());
		for (const weights of [new Float32Array(200).fill(1), new Float64Array(200).fill(1)]) {
			expect(kMeans(kernels, points, { ...options(), weights })).toEqual(plain);
		}
	});

	it("give an optimum that belongs together, whatever they are", () => {
		fc.assert(
			fc.property(cloud, fc.nat(), (points, seed) => {
				const random = createRandom(seed);
				const weights = Float64Array.from({ length: points.rows }, () => 10 ** (8 * random.next() - 4));
				const clusters = Math.min(3, points.rows);
				const result = kMeans(kernels, points, { clusters, restarts: 2, random, weights });
				const { data, rows, cols } = points;
				const exact = kernels.assignClusters(data, rows, cols, result.centroids, result.clusters);
				expect(result.labels).toEqual(exact.labels);
				expect(result.inertia).toBe(total(exact.distances.map((distance, i) => distance * weights[i])));
				expect(new Set(result.labels).size).toBe(result.clusters);
			}),
		);
	});

	it("of 0 leave a point its label and nothing else", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 100, 10, 11, 12), rows: 6, cols: 1 };
		const weights = Float32Array.of(1, 1, 0, 1, 1, 1);
		const { labels, centroids, inertia } = kMeansFrom(kernels, points, Float64Array.of(0, 10), { weights });
		expect(Array.from(labels)).toEqual([0, 0, 1, 1, 1, 1]);
		expect(Array.from(centroids)).toEqual([0.5, 11]);
		expect(inertia).toBe(2.5);
	});

	it("are refused when they are not weights", () => {
		const points = scattered(0);
		const options = { clusters: 2, restarts: 1, random: createRandom(0) };
		const of = (value: number) => new Float64Array(200).fill(1).fill(value, 7, 8);
		const invalid = expect.objectContaining({
			code: "OPTION_INVALID",
			message: expect.stringMatching(/kMeans: .*weight/),
		});
		for (const weights of [of(-1), of(Number.NaN), of(Number.POSITIVE_INFINITY), new Float64Array(200)]) {
			expect(() => kMeans(kernels, points, { ...options, weights })).toThrow(invalid);
		}
		expect(() => kMeans(kernels, points, { ...options, weights: new Float64Array(3) })).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
		expect(() =>
			kMeans(kernels, points, { ...options, clusters: 2, weights: new Float64Array(200).fill(1, 0, 1) }),
		).toThrow(expect.objectContaining({ code: "CLUSTERS_EXCEED_TOKENS" }));
	});
});
