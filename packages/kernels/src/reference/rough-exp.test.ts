import fc from "fast-check";
import { expect, it } from "vitest";
import { exp } from "./exp.ts";
import { NEGLIGIBLE_EXPONENT, roughExp } from "./rough-exp.ts";

it("is within a relative 8e-8 of exp", () => {
	fc.assert(
		fc.property(fc.double({ min: NEGLIGIBLE_EXPONENT, max: 0, minExcluded: true, noNaN: true }), (x) => {
			expect(Math.abs(roughExp(x) / exp(x) - 1)).toBeLessThanOrEqual(8e-8);
		}),
		{ numRuns: 20_000 },
	);
});

it("is 1 at 0, and what lies below its range is lost beside 1", () => {
	expect(roughExp(0)).toBe(1);
	expect(1 + exp(NEGLIGIBLE_EXPONENT)).toBe(1);
});
