import fc from "fast-check";
import { expect, it } from "vitest";
import { exp, NEGLIGIBLE_EXPONENT, roughExp } from "./exp.ts";

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

it("roughExp is within a relative 8e-8 of exp", () => {
	fc.assert(
		fc.property(fc.double({ min: NEGLIGIBLE_EXPONENT, max: 0, minExcluded: true, noNaN: true }), (x) => {
			expect(Math.abs(roughExp(x) / exp(x) - 1)).toBeLessThanOrEqual(8e-8);
		}),
		{ numRuns: 20_000 },
	);
});

it("roughExp is 1 at 0, and what lies below its range is lost beside 1", () => {
	expect(roughExp(0)).toBe(1);
	expect(1 + exp(NEGLIGIBLE_EXPONENT)).toBe(1);
});
