import type { Check } from "../kernels.ts";
import type { Scratch } from "./primitives.ts";
import type { TridiagonalEigen } from "./tridiagonal-eigen.ts";

/** Relative spacing of float64 numbers. */
const EPSILON = 2.220446049250313e-16;

/**
 * The eigenproblem of D + rho z z^T in the basis of two solved halves, without the pairs that are solved already.
 * The basis has three kinds of vectors, in this order: those of the upper half, mixed ones, those of the lower half.
 */
export interface SecularProblem {
	/** Size of the whole matrix, and of its upper half. */
	readonly size: number;
	readonly split: number;
	/** Diagonal of D, rising, no two equal. Shape (K,). */
	readonly poles: Float64Array;
	/** z: never 0. Shape (K,). */
	readonly weights: Float64Array;
	readonly rho: number;
	/** Place in the basis of the vector that belongs to each pole. Shape (K,). */
	readonly places: Uint32Array;
	/** Upper parts of the first vectors of the basis, one a row; those left out are 0. Shape (first, split). */
	readonly upperBasis: Float64Array;
	/** Lower parts of the last vectors of the basis, one a row; those left out are 0. Shape (last, size - split). */
	readonly lowerBasis: Float64Array;
	readonly deflatedValues: Float64Array;
	/** Shape (size - K, size). */
	readonly deflatedVectors: Float64Array;
}

/** One eigenpair of a half. A part that is undefined is 0. */
interface Pair {
	value: number;
	weight: number;
	upper: Float64Array | undefined;
	lower: Float64Array | undefined;
}

/**
 * Set up the secular equation that joins two halves, and take out the pairs that the coupling does not change: those
 * with a negligible weight, and one of each two of nearly equal values, after a rotation that makes its weight 0.
 *
 * Source: LAPACK `dlaed2`.
 *
 * @param check    called between rows.
 * @param coupling the element off the diagonal between the halves. The vectors of the halves are used up.
 */
export function deflate(
	check: Check,
	scratch: Scratch,
	upper: TridiagonalEigen,
	lower: TridiagonalEigen,
	coupling: number,
): SecularProblem {
	const split = upper.values.length;
	const size = split + lower.values.length;
	// z has length sqrt(2) before it is normalised; the factor 2 goes to rho.
	const rho = 2 * Math.abs(coupling);
	const pairs = pairsOf(upper, lower, coupling < 0 ? -Math.SQRT1_2 : Math.SQRT1_2);
	let largest = 0;
	for (const { value, weight } of pairs) {
		largest = Math.max(largest, Math.abs(value), Math.abs(weight));
	}
	const negligible = 8 * EPSILON * largest;

	const kept: Pair[] = [];
	const deflated: Pair[] = [];
	let previous: Pair | undefined;
	for (const pair of pairs) {
		if (rho * Math.abs(pair.weight) <= negligible) {
			deflated.push(pair);
			continue;
		}
		if (previous !== undefined) {
			(rotatedTogether(previous, pair, split, size, negligible) ? deflated : kept).push(previous);
		}
		previous = pair;
	}
	if (previous !== undefined) {
		kept.push(previous);
	}
	return {
		size,
		split,
		rho,
		...describeKept(check, scratch, kept),
		...describeDeflated(check, scratch, deflated, split, size),
	};
}

/** The pairs of both halves by rising value, with the components of z. */
function pairsOf(upper: TridiagonalEigen, lower: TridiagonalEigen, lowerScale: number): Pair[] {
	const upperSize = upper.values.length;
	const lowerSize = lower.values.length;
	const pairs: Pair[] = [];
	for (let i = 0; i < upperSize; i++) {
		const row = upper.vectors.subarray(i * upperSize, (i + 1) * upperSize);
		pairs.push({ value: upper.values[i], weight: row[upperSize - 1] * Math.SQRT1_2, upper: row, lower: undefined });
	}
	for (let i = 0; i < lowerSize; i++) {
		const row = lower.vectors.subarray(i * lowerSize, (i + 1) * lowerSize);
		pairs.push({ value: lower.values[i], weight: row[0] * lowerScale, upper: undefined, lower: row });
	}
	return pairs.sort((a, b) => a.value - b.value);
}

/** If two neighbours are so close that a rotation uncouples the first of them, rotate both and return true. */
function rotatedTogether(first: Pair, second: Pair, split: number, size: number, negligible: number): boolean {
	const length = Math.sqrt(first.weight * first.weight + second.weight * second.weight);
	const cosine = second.weight / length;
	const sine = -first.weight / length;
	if (!(Math.abs((second.value - first.value) * cosine * sine) <= negligible)) {
		return false;
	}
	const { value } = first;
	first.value = value * cosine * cosine + second.value * sine * sine;
	second.value = value * sine * sine + second.value * cosine * cosine;
	first.weight = 0;
	second.weight = length;
	if (first.upper !== undefined || second.upper !== undefined) {
		first.upper ??= new Float64Array(split);
		second.upper ??= new Float64Array(split);
		rotate(first.upper, second.upper, cosine, sine);
	}
	if (first.lower !== undefined || second.lower !== undefined) {
		first.lower ??= new Float64Array(size - split);
		second.lower ??= new Float64Array(size - split);
		rotate(first.lower, second.lower, cosine, sine);
	}
	return true;
}

function rotate(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
	for (let i = 0; i < first.length; i++) {
		const a = first[i];
		const b = second[i];
		first[i] = cosine * a + sine * b;
		second[i] = cosine * b - sine * a;
	}
}

function describeKept(check: Check, scratch: Scratch, kept: readonly Pair[]) {
	const upperOnly = kept.filter(({ lower }) => lower === undefined);
	const mixed = kept.filter(({ upper, lower }) => upper !== undefined && lower !== undefined);
	const lowerOnly = kept.filter(({ upper }) => upper === undefined);
	const placeOf = new Map([...upperOnly, ...mixed, ...lowerOnly].map((pair, place) => [pair, place]));
	return {
		poles: Float64Array.from(kept, ({ value }) => value),
		weights: Float64Array.from(kept, ({ weight }) => weight),
		places: Uint32Array.from(kept, (pair) => placeOf.get(pair) as number),
		upperBasis: stackRows(
			check,
			scratch,
			[...upperOnly, ...mixed].map(({ upper }) => upper as Float64Array),
		),
		lowerBasis: stackRows(
			check,
			scratch,
			[...mixed, ...lowerOnly].map(({ lower }) => lower as Float64Array),
		),
	};
}

function stackRows(check: Check, scratch: Scratch, rows: readonly Float64Array[]): Float64Array {
	const columns = rows[0]?.length ?? 0;
	const matrix = scratch.float64(rows.length * columns);
	for (let i = 0; i < rows.length; i++) {
		check();
		matrix.set(rows[i], i * columns);
	}
	return matrix;
}

function describeDeflated(check: Check, scratch: Scratch, deflated: readonly Pair[], split: number, size: number) {
	const vectors = scratch.float64(deflated.length * size);
	for (let i = 0; i < deflated.length; i++) {
		check();
		vectors.fill(0, i * size, (i + 1) * size);
		vectors.set(deflated[i].upper ?? [], i * size);
		vectors.set(deflated[i].lower ?? [], i * size + split);
	}
	return { deflatedValues: Float64Array.from(deflated, ({ value }) => value), deflatedVectors: vectors };
}
