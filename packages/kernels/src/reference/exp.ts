const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const P1 = 0.16666666666666602;
const P2 = -0.0027777777777015593;
const P3 = 6.613756321437934e-5;
const P4 = -1.6533902205465252e-6;
const P5 = 4.1381367970572385e-8;

/** Smallest exponent of a normal double. */
const LOWEST = -1022;
const POWERS_OF_TWO = powersOfTwo();

/**
 * e^x, the same bytes in every JavaScript engine: only + - * / on doubles and exact powers of two. Within 1 ulp
 * where the result is a normal number.
 *
 * Source: fdlibm e_exp.c (Sun Microsystems), argument reduction and coefficients; x = k ln 2 + r, |r| <= ln 2 / 2.
 */
export function exp(x: number): number {
	if (!(x <= 709.782712893384)) {
		return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
	}
	if (x < -745.1332191019411) {
		return 0;
	}
	const k = Math.floor(x * Math.LOG2E + 0.5);
	const high = x - k * LN2_HIGH;
	const low = k * LN2_LOW;
	const r = high - low;
	const t = r * r;
	const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
	const y = 1 - (low - (r * c) / (2 - c) - high);
	if (k < LOWEST) {
		return y * POWERS_OF_TWO[k + 200 - LOWEST] * POWERS_OF_TWO[-200 - LOWEST];
	}
	// 2^1024 is no double, yet y * 2^1024 can be one.
	return k === 1024 ? y * 2 * POWERS_OF_TWO[1023 - LOWEST] : y * POWERS_OF_TWO[k - LOWEST];
}

/** 2^k at index k + 1022, k from -1022 to 1023. */
function powersOfTwo(): Float64Array {
	const powers = new Float64Array(1024 - LOWEST);
	powers[-LOWEST] = 1;
	for (let k = 1; k < 1024; k++) {
		powers[k - LOWEST] = powers[k - 1 - LOWEST] * 2;
	}
	for (let k = -1; k >= LOWEST; k--) {
		powers[k - LOWEST] = powers[k + 1 - LOWEST] / 2;
	}
	return powers;
}

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
