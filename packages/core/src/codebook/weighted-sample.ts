import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import { createRandom } from "../rng.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";

/** Points that a sample keeps. */
export const SAMPLE_POINTS = 65_536;

/** Points that a sample can be made to keep. */
export const SAMPLE_CAPACITY = { min: 1, max: SAMPLE_POINTS };

/**
 * A bounded sample of weighted points, from which sums over all of them are estimated without bias. Plain data, to be
 * kept, sent to another thread or machine, and added to others.
 *
 * Each point has a priority: its weight divided by a number drawn uniformly from (0, 1]. Those of the largest priorities
 * are kept. In a sum, a kept point counts for its own weight or the threshold, whichever is more: see `estimatedWeights`.
 *
 * Convention: by falling priority; of equal ones the heavier point first, then the one whose first different element is
 * smaller. No element is -0.
 * Source: Duffield, Lund and Thorup 2007, "Priority sampling for estimation of arbitrary subset sums",
 * doi:10.1145/1314690.1314696.
 */
export interface WeightedSample {
	/** Shape (n, dim), n <= capacity. */
	readonly points: Matrix;
	/** How much each point counts by itself, above 0. Shape (n,). */
	readonly weights: Float64Array;
	/** Shape (n,). */
	readonly priorities: Float64Array;
	/** The largest priority that was not kept; 0 while all are. */
	readonly threshold: number;
	/** Most points that are kept. */
	readonly capacity: number;
}

/**
 * A sample of some points.
 *
 * @param points  shape (N, D), N at most the capacity. Not modified.
 * @param weights how much each counts, above 0, finite. Shape (N,).
 * @param key     what the priorities are drawn from, such as the sha256 of a picture: the same key draws the same numbers.
 * @param capacity 1 to 65,536.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function sampleOf(
	points: Matrix,
	weights: Float64Array,
	key: string,
	capacity: number = SAMPLE_POINTS,
): WeightedSample {
	checkMatrix("sampleOf", "points", points);
	checkLength("sampleOf", "weights (N)", weights, points.rows);
	checkInteger("sampleOf", "capacity", capacity, SAMPLE_CAPACITY);
	checkInteger("sampleOf", "points (N)", points.rows, { min: 0, max: capacity });
	const invalid = weights.findIndex((weight) => !(weight > 0 && weight < Number.POSITIVE_INFINITY));
	if (invalid >= 0) {
		throw new DinosegError(
			"OPTION_INVALID",
			`sampleOf: weights must be finite and above 0, got ${weights[invalid]} at ${invalid}.`,
			{ details: { option: "weights", value: weights[invalid] } },
		);
	}
	const { data, rows, cols } = points;
	const random = createRandom(seedOf(key));
	const priorities = weights.map((weight) => weight / (1 - random.next()));
	const entries: SampleEntries = { dim: cols, priorities, weights, points: data, start: (entry) => entry * cols };
	const order = Array.from(weights.keys()).sort((a, b) => compareEntries(entries, a, entries, b));
	const sorted = new Float32Array(rows * cols);
	for (const [to, from] of order.entries()) {
		for (let d = 0; d < cols; d++) {
			// Adding 0 makes 0 of -0.
			sorted[to * cols + d] = data[from * cols + d] + 0;
		}
	}
	return {
		points: { data: sorted, rows, cols },
		weights: Float64Array.from(order, (entry) => weights[entry]),
		priorities: Float64Array.from(order, (entry) => priorities[entry]),
		threshold: 0,
		capacity,
	};
}

/** What each point of a sample counts in a sum over all points that the sample is of. Shape (n,). */
export function estimatedWeights({ weights, threshold }: WeightedSample): Float64Array {
	return weights.map((weight) => Math.max(weight, threshold));
}

/** What a sample would be with a smaller capacity. */
export function headOf(sample: WeightedSample, capacity: number): WeightedSample {
	const { points, weights, priorities } = sample;
	const { data, rows, cols } = points;
	if (rows <= capacity) {
		return { ...sample, capacity: Math.min(capacity, sample.capacity) };
	}
	return {
		points: { data: data.subarray(0, capacity * cols), rows: capacity, cols },
		weights: weights.subarray(0, capacity),
		priorities: priorities.subarray(0, capacity),
		threshold: priorities[capacity],
		capacity,
	};
}

/** Entries that can be put in order. */
export interface SampleEntries {
	readonly dim: number;
	readonly priorities: Float64Array;
	readonly weights: Float64Array;
	readonly points: Float32Array;
	/** Where the point of an entry begins. */
	start(entry: number): number;
}

/** Negative if entry `i` of `a` comes before entry `j` of `b` in a sample, 0 for equal ones. */
export function compareEntries(a: SampleEntries, i: number, b: SampleEntries, j: number): number {
	const order = b.priorities[j] - a.priorities[i] || b.weights[j] - a.weights[i];
	if (order !== 0) {
		return order;
	}
	const [from, to] = [a.start(i), b.start(j)];
	for (let d = 0; d < a.dim; d++) {
		const difference = a.points[from + d] - b.points[to + d];
		if (difference !== 0) {
			return difference;
		}
	}
	return 0;
}

/**
 * A seed that a text decides.
 *
 * Source: the 32-bit FNV-1a hash of Fowler, Noll and Vo, over UTF-16 code units.
 */
function seedOf(key: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < key.length; i++) {
		hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
	}
	return hash >>> 0;
}
