import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactMeans } from "../../../../../fixtures/exact-means.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { createRandom } from "../../rng.ts";
import { BilateralFilter } from "./bilateral-filter.ts";
import { CORNERS, DIMENSIONS, Simplex } from "./simplex.ts";

/** Places of a square of points, a sixth of a deviation apart, in two colours with noise. Shape (side * side, 5). */
function square(side: number, noise: number, seed: number): Float64Array {
	const random = createRandom(seed);
	const points = new Float64Array(side * side * DIMENSIONS);
	for (let i = 0; i < side * side; i++) {
		const x = i % side;
		const color = () => (2 * x < side ? 3 : 6) + noise * random.next();
		points.set([x / 6, Math.floor(i / side) / 6, color(), color(), color()], i * DIMENSIONS);
	}
	return points;
}

const anyPoint = fc
	.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
	.map((numbers) => Float64Array.from(numbers));

const anySquare = fc.record({
	side: fc.integer({ min: 1, max: 12 }),
	noise: fc.constantFrom(0, 1, 3, 12),
	seed: fc.nat(1000),
});

describe("Simplex", () => {
	it("has corners on the lattice, six different ones, and the point inside", () => {
		fc.assert(
			fc.property(anyPoint, (point) => {
				const simplex = new Simplex();
				simplex.enclose(point, 0);
				const corners = Array.from({ length: CORNERS }, (_, i) => [
					...simplex.keys.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS),
				]);
				expect(new Set(corners.map(String)).size).toBe(CORNERS);
				for (const corner of corners) {
					const last = 0 - corner.reduce((sum, coordinate) => sum + coordinate, 0);
					const remainders = [...corner, last].map((coordinate) => ((coordinate % CORNERS) + CORNERS) % CORNERS);
					expect(new Set(remainders).size).toBe(1);
				}
				expect(Math.min(...simplex.weights)).toBeGreaterThanOrEqual(0);
				expect(simplex.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 9);
				// What the corners make together depends on the point alone: twice the point is twice as far.
				const place = inside(simplex);
				const twice = new Simplex();
				twice.enclose(
					point.map((coordinate) => 2 * coordinate),
					0,
				);
				inside(twice).forEach((coordinate, axis) => {
					expect(coordinate).toBeCloseTo(2 * place[axis], 6);
				});
			}),
		);
	});
});

/** The point in coordinates of the lattice. */
function inside({ keys, weights }: Simplex): number[] {
	return Array.from({ length: DIMENSIONS }, (_, axis) =>
		weights.reduce((sum, weight, corner) => sum + weight * keys[corner * DIMENSIONS + axis], 0),
	);
}

describe("BilateralFilter", () => {
	it("keeps what is the same everywhere, and leaves the range of no values", () => {
		fc.assert(
			fc.property(anySquare, ({ side, noise, seed }) => {
				const filter = new BilateralFilter(square(side, noise, seed));
				const random = createRandom(seed);
				const values = Float32Array.from({ length: 2 * side * side }, (_, i) => (i % 2 === 0 ? 0.25 : random.next()));
				const means = new Float32Array(values.length);
				filter.means(filter.spread(values, 2), 2, means);
				means.forEach((mean, i) => {
					if (i % 2 === 0) {
						expect(mean).toBeCloseTo(0.25, 5);
					} else {
						expect(mean).toBeGreaterThan(-1e-5);
						expect(mean).toBeLessThan(1 + 1e-5);
					}
				});
			}),
		);
	});

	it("reads at the place of a point what it gives the point", () => {
		fc.assert(
			fc.property(anySquare, ({ side, noise, seed }) => {
				const points = square(side, noise, seed);
				const filter = new BilateralFilter(points);
				const random = createRandom(seed);
				const values = Float32Array.from({ length: 3 * side * side }, () => random.next());
				const sums = filter.spread(values, 3);
				const means = new Float32Array(values.length);
				filter.means(sums, 3, means);
				const read = new Float64Array(2);
				for (let point = 0; point < side * side; point++) {
					filter.meansAt(points.subarray(point * DIMENSIONS, (point + 1) * DIMENSIONS), sums, 3, [0, 2], read);
					expect(read[0]).toBeCloseTo(means[3 * point], 5);
					expect(read[1]).toBeCloseTo(means[3 * point + 2], 5);
				}
			}),
			{ numRuns: 30 },
		);
	});

	it("finds nothing where no point is near", () => {
		const filter = new BilateralFilter(square(4, 0, 1));
		const means = Float64Array.of(7);
		filter.meansAt(Float64Array.of(500, 500, 0, 0, 0), filter.spread(new Float32Array(16).fill(1), 1), 1, [0], means);
		expect([...means]).toEqual([0]);
	});

	it.each([
		["little noise", 1, 0.03, 0.1],
		["noise", 3, 0.03, 0.2],
		["nothing but noise", 12, 0.1, 0.45],
	])("is near to the sum over all pairs, with %s", (_name, noise, meanSquare, most) => {
		forEachSeed(4, (seed) => {
			const side = 20;
			const points = square(side, noise, seed);
			const filter = new BilateralFilter(points);
			const random = createRandom(seed);
			const values = Float32Array.from({ length: 2 * side * side }, (_, i) =>
				i % 2 === 0 ? random.next() : Number((i % (2 * side)) + i / side > 2 * side),
			);
			const means = new Float32Array(values.length);
			filter.means(filter.spread(values, 2), 2, means);
			const differences = exactMeans(points, values, 2).map((exact, i) => Math.abs(exact - means[i]));
			expect(Math.max(...differences)).toBeLessThan(most);
			const squares = differences.reduce((sum, difference) => sum + difference * difference, 0);
			expect(Math.sqrt(squares / differences.length)).toBeLessThan(meanSquare);
		});
	});
});
