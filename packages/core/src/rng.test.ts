import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./rng.ts";

function draw(seed: number, count: number): number[] {
	const random = createRandom(seed);
	return Array.from({ length: count }, () => random.next());
}

describe("createRandom", () => {
	it("stays in [0, 1) and gives the same numbers for the same seed", () => {
		fc.assert(
			fc.property(fc.integer(), (seed) => {
				const numbers = draw(seed, 50);
				expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
				expect(draw(seed, 50)).toEqual(numbers);
			}),
		);
	});

	it("reads the low 32 bits of the seed", () => {
		expect(draw(-1, 5)).toEqual(draw(2 ** 32 - 1, 5));
		expect(draw(2 ** 32, 5)).toEqual(draw(0, 5));
	});

	it("gives unrelated numbers for neighbouring seeds", () => {
		const first = new Set(Array.from({ length: 1000 }, (_, seed) => draw(seed, 1)[0]));
		expect(first.size).toBe(1000);
	});

	// Computed with a separate implementation of SplitMix32 and sfc32 in Python integers.
	it.each([
		[0, [0.6750985024813072, 0.051309421615726936, 0.8656132793409693, 0.8719876062005216]],
		[1, [0.5636717720710586, 0.8959073941886353, 0.2723428182814803, 0.5940106619342558]],
		[4294967295, [0.5357128822218251, 0.8677155693217744, 0.44619405495476694, 0.9342023978351606]],
	])("equals another implementation for seed %i", (seed, expected) => {
		expect(draw(seed, expected.length)).toEqual(expected);
	});

	it.each([0, 1, 2, 12345])("is uniform: chi-square over 64 bins for seed %i", (seed) => {
		const count = 64_000;
		const bins = new Array<number>(64).fill(0);
		for (const value of draw(seed, count)) {
			bins[Math.floor(value * 64)]++;
		}
		const expected = count / 64;
		const chiSquare = bins.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
		// 63 degrees of freedom: both ends are passed with a probability below 1e-4.
		expect(chiSquare).toBeGreaterThan(28);
		expect(chiSquare).toBeLessThan(115);
	});

	it("uses all 53 bits: the low half of the mantissa is uniform too", () => {
		const low = draw(7, 20_000).map((value) => (value * 2 ** 27) % 1);
		const mean = low.reduce((sum, value) => sum + value, 0) / low.length;
		expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
	});
});
