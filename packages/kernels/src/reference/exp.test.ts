import fc from "fast-check";
import { expect, it } from "vitest";
import { exp } from "./exp.ts";

it("is within a relative 1e-15 of Math.exp", () => {
	fc.assert(
		fc.property(fc.double({ min: -708, max: 709.7, noNaN: true }), (x) => {
			expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(1e-15);
		}),
		{ numRuns: 20_000 },
	);
});

it("rises", () => {
	for (let x = -40; x < 1; x += 1 / 512) {
		expect(exp(x + 1 / 512)).toBeGreaterThan(exp(x));
	}
});

it("is right at the ends of the range", () => {
	expect(exp(0)).toBe(1);
	expect(exp(-0)).toBe(1);
	expect(exp(1)).toBeCloseTo(Math.E, 15);
	expect(exp(709.78)).toBeCloseTo(Math.exp(709.78), -300);
	expect(exp(709.782712893384) / Number.MAX_VALUE).toBeCloseTo(1, 10);
	expect(exp(709.79)).toBe(Number.POSITIVE_INFINITY);
	expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
	expect(exp(-745.1)).toBe(Number.MIN_VALUE);
	expect(exp(-720) / Math.exp(-720)).toBeCloseTo(1, 9);
	expect(exp(-746)).toBe(0);
	expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
	expect(exp(Number.NaN)).toBeNaN();
});
