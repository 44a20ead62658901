import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { scattered } from "../../../../fixtures/point-clouds.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { cancellableKernels } from "../abort.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans, kMeansFrom } from "./k-means.ts";
import { mergingKMeans } from "./merging-k-means.ts";

const merge = (points: Matrix, clusters: number, seed = 0) => [
	...mergingKMeans(kernels, points, { clusters, restarts: 1, random: createRandom(seed) }),
];

/** The separation of every two clusters, from its definition. */
function separations({ data, rows, cols }: Matrix, labels: Uint16Array, clusters: number) {
	const vector = (point: number) => Array.from(data.subarray(point * cols, (point + 1) * cols));
	const meanOf = (members: number[]) =>
		Array.from({ length: cols }, (_, d) => members.reduce((sum, point) => sum + vector(point)[d], 0) / members.length);
	const squared = (a: number[], b: number[]) => a.reduce((sum, value, d) => sum + (value - b[d]) ** 2, 0);
	const all = Array.from({ length: rows }, (_, point) => point);
	const middle = meanOf(all);
	const spread = all.reduce((sum, point) => sum + squared(vector(point), middle), 0) / rows;
	const members = Array.from({ length: clusters }, (_, cluster) => all.filter((point) => labels[point] === cluster));
	return members.flatMap((first, i) =>
		members.slice(i + 1).map((second) => {
			const [a, b] = [first.length / rows, second.length / rows];
			return (((2 * a * b) / (a + b)) ** 0.25 * squared(meanOf(first), meanOf(second))) / spread;
		}),
	);
}

describe("mergingKMeans", () => {
	it("begins with k-means, and goes down to one cluster by one at a time, each at rest", () => {
		forEachSeed(10, (seed) => {
			const points = scattered(seed);
			const steps = merge(points, 9, seed);
			expect(steps.map(({ clustering }) => clustering.clusters)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
			expect(steps[0].clustering).toEqual(
				kMeans(kernels, points, { clusters: 9, restarts: 1, random: createRandom(seed) }),
			);
			for (const { clustering } of steps) {
				const { inertia } = kMeansFrom(kernels, points, clustering.centroids);
				expect(inertia).toBeGreaterThan(clustering.inertia * 0.999);
			}
		});
	});

	it("tells the separation of the least separated two", () => {
		forEachSeed(6, (seed) => {
			const points = scattered(seed);
			for (const { clustering, separation } of merge(points, 7, seed).slice(0, -1)) {
				const least = Math.min(...separations(points, clustering.labels, clustering.clusters));
				expect(separation / least).toBeCloseTo(1, 2);
			}
		});
	});

	it("has the separations that were computed apart from this code", () => {
		// 0, 1 | 10, 11 | 30, 31: mean 83 / 6, sum of squared distances to it 934.8333.
		const points = { data: Float32Array.of(0, 1, 10, 11, 30, 31), rows: 6, cols: 1 };
		const spread = 934.8333333333334 / 6;
		const expected = [(10 ** 2 / spread) * (1 / 3) ** 0.25, (25 ** 2 / spread) * (4 / 9) ** 0.25, 0];
		const steps = merge(points, 3);
		for (const [at, value] of expected.entries()) {
			expect(steps[at].separation).toBeCloseTo(value, 12);
		}
		expect(steps[1].clustering.centroids).toEqual(expect.toSatisfy((means: Float64Array) => means.includes(5.5)));
	});

	it("of equally separated pairs merges the lower one", () => {
		// 0, 1 | 10, 11 | 20, 21: the one in the middle is as near to the lowest as to the highest.
		const points = { data: Float32Array.of(0, 1, 10, 11, 20, 21), rows: 6, cols: 1 };
		const orders = new Set<string>();
		const areAll = forEachSeed(20, (seed) => {
			const [{ clustering }, { clustering: merged }] = merge(points, 3, seed);
			const means = [...clustering.centroids];
			const middle = means.indexOf(10.5);
			const [outer] = [0, 1, 2].filter((cluster) => cluster !== middle);
			orders.add(means.join());
			expect([...merged.centroids].sort((a, b) => a - b)).toEqual(means[outer] === 0.5 ? [5.5, 20.5] : [0.5, 15.5]);
		});
		expect(orders.size).toBeGreaterThan(areAll ? 2 : 0);
	});

	it("does not depend on the scale or the place of the points", () => {
		const points = scattered(3);
		const moved = { ...points, data: points.data.map((value) => 8 * value + 32) };
		const [expected, actual] = [points, moved].map((some) => merge(some, 9, 1));
		for (const [at, { clustering, separation }] of actual.entries()) {
			expect(clustering.labels).toEqual(expected[at].clustering.labels);
			expect(separation).toBeCloseTo(expected[at].separation, 4);
		}
	});

	it("has as many clusters as there are distinct points, and one of one point", () => {
		const three = { data: Float32Array.from({ length: 60 }, (_, at) => at % 3), rows: 60, cols: 1 };
		expect(merge(three, 12).map(({ clustering }) => clustering.clusters)).toEqual([3, 2, 1]);
		const equal = { data: new Float32Array(40).fill(0.5), rows: 20, cols: 2 };
		expect(merge(equal, 12)).toMatchObject([{ clustering: { clusters: 1 }, separation: 0 }]);
	});

	it("takes a point of weight 2 for two points at one place", () => {
		forEachSeed(6, (seed) => {
			const once = scattered(seed);
			const weights = Float64Array.from({ length: once.rows }, (_, row) => 1 + (row % 2));
			const rows = Array.from(weights).flatMap((weight, row) => new Array<number>(weight).fill(row));
			const data = Float32Array.from(rows.flatMap((row) => [...once.data.subarray(4 * row, 4 * row + 4)]));
			const twice = { data, rows: rows.length, cols: 4 };
			const options = { clusters: 5, restarts: 1, random: createRandom(seed), weights };
			for (const { clustering, separation } of [...mergingKMeans(kernels, once, options)].slice(0, -1)) {
				const labels = Uint16Array.from(rows, (row) => clustering.labels[row]);
				expect(separation / Math.min(...separations(twice, labels, clustering.clusters))).toBeCloseTo(1, 2);
			}
		});
	});

	it("notices a cancel", async () => {
		const looks = await expectCancellable((signal) => [
			...mergingKMeans(cancellableKernels(kernels, signal), scattered(2), {
				clusters: 8,
				restarts: 1,
				random: createRandom(0),
			}),
		]);
		expect(looks).toBeGreaterThan(20);
	});
});
