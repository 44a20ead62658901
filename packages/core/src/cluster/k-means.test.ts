import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { checkConsistent, cloud, scattered } from "../../../../fixtures/point-clouds.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";

function run(
	points: Matrix,
	clusters: number,
	options: { seed?: number; restarts?: number; maxIterations?: number } = {},
) {
	const { seed = 0, restarts = 3, maxIterations = 300 } = options;
	return kMeans(kernels, points, { clusters, restarts, maxIterations, random: createRandom(seed) });
}

function distinctRows(points: Matrix): number {
	const rows = new Set<string>();
	for (let i = 0; i < points.rows; i++) {
		rows.add(points.data.slice(i * points.cols, (i + 1) * points.cols).join());
	}
	return rows.size;
}

describe("kMeans", () => {
	it("returns labels, centroids and inertia that belong together, with the clusters that are possible", () => {
		fc.assert(
			fc.property(cloud, fc.nat(), fc.integer({ min: 1, max: 30 }), (points, seed, wanted) => {
				const clusters = Math.min(wanted, points.rows);
				const result = run(points, clusters, { seed });
				checkConsistent(kernels, points, result);
				expect(result.clusters).toBe(Math.min(clusters, distinctRows(points)));
			}),
		);
	});

	it("is consistent wherever it is cut off", () => {
		fc.assert(
			fc.property(cloud, fc.nat(), fc.integer({ min: 1, max: 3 }), (points, seed, maxIterations) => {
				checkConsistent(kernels, points, run(points, Math.min(6, points.rows), { seed, restarts: 1, maxIterations }));
			}),
		);
	});

	it("ends in an optimum that no move of a single point improves", () => {
		fc.assert(
			fc.property(cloud, fc.nat(), (points, seed) => {
				fc.pre(points.rows >= 3);
				const { labels, clusters, centroids, inertia } = run(points, 3, { seed, restarts: 1 });
				const sizes = Array.from({ length: clusters }, (_, k) => labels.filter((label) => label === k).length);
				const distances = kernels.squaredDistances(points.data, points.rows, points.cols, centroids, clusters);
				for (let i = 0; i < points.rows; i++) {
					const from = labels[i];
					const leaving = (distances[i * clusters + from] * sizes[from]) / Math.max(1, sizes[from] - 1);
					for (let k = 0; k < clusters; k++) {
						const joining = (distances[i * clusters + k] * sizes[k]) / (sizes[k] + 1);
						expect(k === from || sizes[from] === 1 || joining >= leaving - 1e-6 * (1 + inertia)).toBe(true);
					}
				}
			}),
		);
	});

	it("gives the same result for the same seed and never a worse one for more starts", () => {
		fc.assert(
			fc.property(cloud, fc.nat(), (points, seed) => {
				const clusters = Math.min(4, points.rows);
				const once = run(points, clusters, { seed, restarts: 1 });
				expect(run(points, clusters, { seed, restarts: 1 })).toEqual(once);
				expect(run(points, clusters, { seed, restarts: 4 }).inertia).toBeLessThanOrEqual(once.inertia);
			}),
		);
	});

	it("comes to rest alike at every scale of the points", () => {
		// Powers of 2 round nothing: all but the inertia and the centroids is the same to the bit.
		forEachSeed(10, (seed) => {
			const points = scattered(seed);
			const expected = run(points, 8, { seed, restarts: 1 });
			for (const scale of [2 ** -20, 2 ** 20]) {
				const scaled = { ...points, data: points.data.map((value) => value * scale) };
				expect(run(scaled, 8, { seed, restarts: 1 })).toEqual({
					...expected,
					centroids: expected.centroids.map((value) => value * scale),
					inertia: expected.inertia * scale ** 2,
				});
			}
		});
	});

	it("finds planted clusters", () => {
		const random = createRandom(5);
		const rows = 300;
		const data = Float32Array.from({ length: rows * 2 }, (_, at) => {
			const cluster = Math.floor(at / 2) % 5;
			return (at % 2 === 0 ? cluster * 10 : (cluster % 2) * 20) + random.next();
		});
		const { labels, clusters } = run({ data, rows, cols: 2 }, 5);
		expect(clusters).toBe(5);
		for (let i = 0; i < rows; i++) {
			expect(labels[i]).toBe(labels[i % 5]);
		}
	});

	it("one cluster is the mean; as many clusters as points have no inertia", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 5, 6), rows: 4, cols: 1 };
		expect(Array.from(run(points, 1).centroids)).toEqual([3]);
		expect(run(points, 1).inertia).toBe(26);
		const all = run(points, 4);
		expect(all.inertia).toBe(0);
		expect(all.clusters).toBe(4);
	});

	it("makes one cluster of equal points", () => {
		const points: Matrix = { data: new Float32Array(40).fill(0.3), rows: 20, cols: 2 };
		expect(run(points, 6)).toMatchObject({ clusters: 1, inertia: 0 });
	});

	it("refuses more clusters than tokens, with the remedy", () => {
		const points: Matrix = { data: new Float32Array(6), rows: 3, cols: 2 };
		expect(() => run(points, 4)).toThrow(
			expect.objectContaining({
				code: "CLUSTERS_EXCEED_TOKENS",
				message: expect.stringMatching(/4 clusters.*3 tokens.*inputSize/),
			}),
		);
	});

	it("refuses impossible options", () => {
		const points: Matrix = { data: new Float32Array(6), rows: 3, cols: 2 };
		const invalid = expect.objectContaining({ code: "OPTION_INVALID" });
		const random = createRandom(0);
		expect(() => kMeans(kernels, points, { clusters: 0, restarts: 1, random })).toThrow(invalid);
		expect(() => kMeans(kernels, points, { clusters: 1.5, restarts: 1, random })).toThrow(invalid);
		expect(() => kMeans(kernels, points, { clusters: 1, restarts: 0, random })).toThrow(invalid);
		expect(() => kMeans(kernels, points, { clusters: 1, restarts: 1, random, maxIterations: 0 })).toThrow(invalid);
		expect(() => kMeans(kernels, points, { clusters: 1, restarts: 1, random, tolerance: -1 })).toThrow(invalid);
		expect(() => run({ ...points, rows: 4 }, 1)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});

describe("onProgress", () => {
	it("counts the restarts", () => {
		const told: number[][] = [];
		const onProgress = (done: number, all: number) => told.push([done, all]);
		kMeans(kernels, scattered(0), { clusters: 3, restarts: 3, random: createRandom(0), onProgress });
		expect(told).toEqual([
			[1, 3],
			[2, 3],
			[3, 3],
		]);
	});
});
