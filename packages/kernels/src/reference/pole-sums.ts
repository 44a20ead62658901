import type { PoleSums } from "../eigen/primitives.ts";

/** `EigenPrimitives.withPoles` in plain TypeScript. */
export function withPoles<T>(poles: Float64Array, numerators: Float64Array, work: (sums: PoleSums) => T): T {
	const count = poles.length;
	const shifted = new Float64Array(count);
	const products = new Float64Array(count).fill(1);
	let sum = 0;
	let slope = 0;
	return work({
		setOrigin(origin) {
			const from = poles[origin];
			for (let i = 0; i < count; i++) {
				shifted[i] = poles[i] - from;
			}
		},
		add(from, to, x) {
			let sum0 = 0;
			let sum1 = 0;
			let slope0 = 0;
			let slope1 = 0;
			let i = from;
			for (; i + 1 < to; i += 2) {
				const reciprocal0 = 1 / (shifted[i] - x);
				const reciprocal1 = 1 / (shifted[i + 1] - x);
				const term0 = numerators[i] * reciprocal0;
				const term1 = numerators[i + 1] * reciprocal1;
				sum0 += term0;
				sum1 += term1;
				slope0 += term0 * reciprocal0;
				slope1 += term1 * reciprocal1;
			}
			if (i < to) {
				const reciprocal = 1 / (shifted[i] - x);
				const term = numerators[i] * reciprocal;
				sum0 += term;
				slope0 += term * reciprocal;
			}
			sum = sum0 + sum1;
			slope = slope0 + slope1;
		},
		get sum() {
			return sum;
		},
		get slope() {
			return slope;
		},
		multiplyInto(root, x) {
			const pole = poles[root];
			for (let i = 0; i < count; i++) {
				products[i] *= i === root ? shifted[i] - x : (shifted[i] - x) / (poles[i] - pole);
			}
		},
		products: () => products.slice(),
	});
}
