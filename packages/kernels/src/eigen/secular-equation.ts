import type { Check } from "../kernels.ts";
import type { SecularProblem } from "./deflation.ts";
import type { EigenPrimitives, PoleSums } from "./primitives.ts";

/** Relative spacing of float64 numbers. */
const EPSILON = 2.220446049250313e-16;

/** Steps for one root; five to eight are usual. A bound, so that every input comes to an end. */
const MAX_STEPS = 100;

/**
 * The roots of the secular equation 1 + rho sum_i z_i^2 / (d_i - x) = 0, rising as the poles d are: root j lies between
 * pole j and pole j + 1.
 */
export interface SecularRoots {
	/** Shape (K,), as all others. */
	readonly values: Float64Array;
	/** Each root is `shifts[j]` from the pole `origins[j]`: that keeps its distance to every pole exact. */
	readonly origins: Uint32Array;
	readonly shifts: Float64Array;
	/** The weights z for which exactly these are the roots. */
	readonly weights: Float64Array;
}

/** The secular function at one place, in the two parts that lie on either side of a gap between poles. */
interface Evaluation {
	readonly value: number;
	/** Derivative of the sum over the poles up to the gap. */
	readonly slopeBelow: number;
	/** Derivative of the sum over the poles beyond the gap. */
	readonly slopeAbove: number;
	/** Bound of the rounding in `value`, in units of the float64 spacing. */
	readonly rounding: number;
}

/**
 * All roots of the secular equation.
 *
 * Each is found as a distance from the nearer of its two poles, by an iteration that puts a pole on either side and
 * agrees with the function in value and slope, kept inside a bracket. The weights are then replaced by those
 * whose roots are exactly the ones that were found: so the eigenvectors are orthogonal to full accuracy however close
 * the roots are.
 *
 * Source: Li 1993, LAPACK working note 89, "Solving secular equations stably and efficiently"; Gu and Eisenstat 1995,
 * doi:10.1137/S0895479892241287; LAPACK `dlaed4`, `dlaed3`.
 */
export function solveSecularEquation({ check, withPoles }: EigenPrimitives, problem: SecularProblem): SecularRoots {
	const { poles, weights, rho } = problem;
	const count = poles.length;
	const values = new Float64Array(count);
	const origins = new Uint32Array(count);
	const shifts = new Float64Array(count);
	const numerators = weights.map((weight) => rho * weight * weight);
	const total = numerators.reduce((sum, numerator) => sum + numerator, 0);
	const products = withPoles(poles, numerators, (sums) => {
		for (let root = 0; root < count; root++) {
			check();
			const gap = root + 1 < count ? poles[root + 1] - poles[root] : undefined;
			const { origin, shift } = solveOne(sums, count, root, gap, total);
			origins[root] = origin;
			shifts[root] = shift;
			values[root] = poles[origin] + shift;
			sums.multiplyInto(root, shift);
		}
		return sums.products();
	});
	return {
		values,
		origins,
		shifts,
		weights: products.map((product, i) => (weights[i] < 0 ? -1 : 1) * Math.sqrt(Math.max(0, -product))),
	};
}

/** The root after pole `root`; `gap` is the distance to the next pole, undefined after the last. */
function solveOne(sums: PoleSums, count: number, root: number, gap: number | undefined, total: number) {
	let origin = root;
	let low = 0;
	let high = gap ?? total;
	let shift = high / 2;
	sums.setOrigin(origin);
	let evaluation = evaluate(sums, count, root, shift);
	if (gap !== undefined && evaluation.value < 0) {
		origin = root + 1;
		low = -shift;
		high = 0;
		shift = low;
		sums.setOrigin(origin);
	} else if (gap !== undefined) {
		high = shift;
	}
	for (let step = 0; step < MAX_STEPS; step++) {
		if (step > 0) {
			evaluation = evaluate(sums, count, root, shift);
		}
		if (Math.abs(evaluation.value) <= EPSILON * evaluation.rounding) {
			break;
		}
		if (evaluation.value < 0) {
			low = shift;
		} else {
			high = shift;
		}
		const toPole = (origin === root ? 0 : -(gap as number)) - shift;
		const next = shift + stepFrom(evaluation, toPole, gap === undefined ? undefined : toPole + gap);
		const target = next > low && next < high ? next : low + (high - low) / 2;
		if (target === shift || target === low || target === high) {
			break;
		}
		shift = target;
	}
	return { origin, shift };
}

function evaluate(sums: PoleSums, count: number, root: number, shift: number): Evaluation {
	sums.add(0, root + 1, shift);
	const { sum: below, slope: slopeBelow } = sums;
	sums.add(root + 1, count, shift);
	const { sum: above, slope: slopeAbove } = sums;
	return {
		value: 1 + below + above,
		slopeBelow,
		slopeAbove,
		rounding: 1 + 8 * (above - below) + Math.abs(shift) * (slopeBelow + slopeAbove),
	};
}

/**
 * Step to the root of c + q / (a - x) + s / (b - x), which agrees with the function here; a and b are the distances to
 * the poles on either side, b undefined beyond the last one.
 */
function stepFrom({ value, slopeBelow, slopeAbove }: Evaluation, a: number, b: number | undefined): number {
	if (b === undefined) {
		return a + (slopeBelow * a * a) / (value - a * slopeBelow);
	}
	const constant = value - a * slopeBelow - b * slopeAbove;
	const linear = (a + b) * value - a * b * (slopeBelow + slopeAbove);
	const product = a * b * value;
	const root = Math.sqrt(Math.abs(linear * linear - 4 * product * constant));
	return linear > 0 ? (2 * product) / (linear + root) : (linear - root) / (2 * constant);
}

/**
 * Unit eigenvectors of D + rho z z^T for some roots, in the order of the basis.
 *
 * @param check  called between rows.
 * @param wanted roots in the order in which their vectors are to come; the rows of others than 0 … K - 1 become 0.
 * @param vectors written. Shape (wanted.length, K).
 */
export function secularVectors(
	check: Check,
	{ places, poles }: SecularProblem,
	{ origins, shifts, weights }: SecularRoots,
	wanted: Uint32Array,
	vectors: Float64Array,
): void {
	const count = places.length;
	const components = new Float64Array(count);
	for (let row = 0; row < wanted.length; row++) {
		check();
		const root = wanted[row];
		if (root >= count) {
			vectors.fill(0, row * count, (row + 1) * count);
			continue;
		}
		const origin = poles[origins[root]];
		const shift = shifts[root];
		let square = 0;
		for (let i = 0; i < count; i++) {
			const component = weights[i] / (poles[i] - origin - shift);
			components[i] = component;
			square += component * component;
		}
		const scale = 1 / Math.sqrt(square);
		for (let i = 0; i < count; i++) {
			vectors[row * count + places[i]] = components[i] * scale;
		}
	}
}
