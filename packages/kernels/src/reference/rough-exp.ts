import { exp } from "./exp.ts";

/** exp(x) < 2^-53 at and below this: added to a sum >= 1 it is lost in rounding, so it need not be computed. */
export const NEGLIGIBLE_EXPONENT = -36.8;

/** Table entries per unit of the exponent; a power of two, so that the grid is exact. */
const STEPS = 64;
/** exp(-i / STEPS) at index i. */
const TABLE = Float64Array.from({ length: Math.ceil(-NEGLIGIBLE_EXPONENT * STEPS) + 1 }, (_, i) => exp(-i / STEPS));

/**
 * exp(x) for NEGLIGIBLE_EXPONENT < x <= 0 with a relative error below r^3 / 6 <= 8e-8, r the distance to the table's
 * grid: a few times faster than `exp`, and like it the same bytes in every JavaScript engine.
 */
export function roughExp(x: number): number {
	const i = (0.5 - x * STEPS) | 0;
	const r = x + i / STEPS;
	return TABLE[i] * (1 + r * (1 + 0.5 * r));
}
