import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom, type Random } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { initialCentroids } from "./k-means-plus-plus.ts";

/** Whole numbers, so that no sum is rounded, and few of them, so that points and sums are often equal. */
function latticePoints(seed: number): { readonly points: Matrix; readonly weights: Float64Array } {
	const random = createRandom(seed);
	const [rows, cols] = [30, 2];
	const data = Float32Array.from({ length: rows * cols }, () => Math.floor(random.next() * 7) - 3);
	return {
		points: { data, rows, cols },
		weights: Float64Array.from({ length: rows }, () => 1 + (seed % 2) * Math.floor(3 * random.next())),
	};
}

/** One after the other, as a random generator. */
function numbers(...values: number[]): Random {
	return { next: () => values.shift() ?? Number.NaN };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Greedy k-means++ from its definition: the rows of the points that it takes. */
function define({ data, rows, cols }: Matrix, weights: Float64Array, clusters: number, random: Random): number[] {
	const vectors = Array.from({ length: rows }, (_, row) => [...data.subarray(row * cols, (row + 1) * cols)]);
	const distances = vectors.map((a) => vectors.map((b) => sumOf(a.map((value, d) => (value - b[d]) ** 2))));
	const costsWith = (taken: readonly number[]) =>
		distances.map((row, at) => weights[at] * Math.min(...taken.map((other) => row[other])));
	const draw = (shares: readonly number[]) => {
		const limit = random.next() * sumOf(shares);
		let sum = 0;
		return shares.findIndex((share) => {
			sum += share;
			return sum > limit;
		});
	};
	const taken = [draw([...weights])];
	while (taken.length < clusters) {
		const shares = costsWith(taken);
		if (sumOf(shares) === 0) {
			break;
		}
		const draws = Array.from({ length: 2 + Math.floor(Math.log(clusters)) }, () => draw(shares));
		const sums = draws.map((row) => sumOf(costsWith([...taken, row])));
		taken.push(draws[sums.indexOf(Math.min(...sums))]);
	}
	return taken;
}

describe("initialCentroids", () => {
	it("are those of the definition", () => {
		forEachSeed(30, (seed) => {
			const { points, weights } = latticePoints(seed);
			for (const clusters of [1, 2, 3, 8, 30]) {
				const found = initialCentroids(kernels, points, weights, clusters, createRandom(seed));
				const expected = define(points, weights, clusters, createRandom(seed));
				expect([...found]).toEqual(expected.flatMap((row) => [points.data[2 * row], points.data[2 * row + 1]]));
			}
		});
	});

	it("are the best of their draws, the first of equals", () => {
		const points: Matrix = { data: Float32Array.of(0, 1, 2, 9, 10), rows: 5, cols: 1 };
		const even = new Float64Array(5).fill(1);
		// The first is 0. Squared distances to it add up to 0, 1, 5, 86, 186: from 5 / 186 to 86 / 186 draws the 9.
		const second = (weights: Float64Array, ...draws: number[]) =>
			initialCentroids(kernels, points, weights, 2, numbers(0, ...draws))[1];
		// What is left: 113 with 2 and 6 with 9 or 10.
		expect(second(even, 0.02, 0.99)).toBe(10);
		expect(second(even, 0.99, 0.02)).toBe(10);
		expect(second(even, 0.2, 0.99)).toBe(9);
		expect(second(even, 0.99, 0.2)).toBe(10);
		// The 9 weighs more: 6 are left with it, 8 with the 10.
		expect(second(Float64Array.of(1, 1, 1, 3, 1), 0.99, 0.2)).toBe(9);
	});

	it("are no more than there are distinct points", () => {
		const points: Matrix = { data: Float32Array.of(4, 7, 4, 7, 7, 4), rows: 6, cols: 1 };
		const found = initialCentroids(kernels, points, new Float64Array(6).fill(1), 5, createRandom(3));
		expect([...found].sort((a, b) => a - b)).toEqual([4, 7]);
	});
});
