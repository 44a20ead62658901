const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LOG2E: f64 = Math.LOG2E;
const P1: f64 = 0.16666666666666602;
const P2: f64 = -0.0027777777777015593;
const P3: f64 = 6.613756321437934e-5;
const P4: f64 = -1.6533902205465252e-6;
const P5: f64 = 4.1381367970572385e-8;

/** e^x within 1 ulp for -708 <= x <= 709. Source: fdlibm e_exp.c, as `src/reference/exp.ts`, which takes any x. */
export function exp(x: f64): f64 {
	const k = Math.floor(x * LOG2E + 0.5);
	const high = x - k * LN2_HIGH;
	const low = k * LN2_LOW;
	const r = high - low;
	const t = r * r;
	const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
	const y = 1 - (low - (r * c) / (2 - c) - high);
	return y * reinterpret<f64>((1023 + <i64>k) << 52);
}
