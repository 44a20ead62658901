import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import { createSampleSum } from "./sample-sum.ts";
import { estimatedWeights, headOf, sampleOf, type WeightedSample } from "./weighted-sample.ts";

const CAPACITY = 8;
const DIM = 2;

/** Few values and equal keys, so that there are equal points, weights and priorities. */
const anySample = fc
	.array(fc.record({ x: fc.constantFrom(-0, 0, 1, 2), y: fc.constantFrom(0, 1), weight: fc.constantFrom(1, 2, 10) }), {
		maxLength: CAPACITY,
	})
	.chain((points) =>
		fc.constantFrom("a", "b", "c").map((key) => {
			const data = Float32Array.from(points.flatMap(({ x, y }) => [x, y]));
			const weights = Float64Array.from(points, ({ weight }) => weight);
			return sampleOf({ data, rows: points.length, cols: DIM }, weights, key, CAPACITY);
		}),
	);

function add(...samples: WeightedSample[]): WeightedSample {
	const sum = createSampleSum(DIM, CAPACITY);
	for (const sample of samples) {
		sum.add(sample);
	}
	return sum.sample();
}

const emptySample = (dim: number, capacity: number) => createSampleSum(dim, capacity).sample();

/** The bytes themselves: 0 and -0 are told apart. */
function bytesOf({ points, weights, priorities, threshold, capacity }: WeightedSample) {
	const bytes = [points.data, weights, priorities].map((array) => [...new Uint8Array(array.slice().buffer)]);
	return { bytes, rows: points.rows, cols: points.cols, threshold, capacity };
}

/** The definition: all points in one list, the first ones of it, and the priority of the next. */
function expected(samples: readonly WeightedSample[]) {
	const all = samples.flatMap(({ points, weights, priorities }) =>
		Array.from(weights, (weight, at) => {
			const [x, y] = points.data.subarray(DIM * at, DIM * (at + 1));
			return { priority: priorities[at], weight, x, y };
		}),
	);
	all.sort((a, b) => b.priority - a.priority || b.weight - a.weight || a.x - b.x || a.y - b.y);
	return { kept: all.slice(0, CAPACITY), threshold: all[CAPACITY]?.priority ?? 0 };
}

describe("the head of a sample", () => {
	it("is the sample of a smaller capacity", () => {
		fc.assert(
			fc.property(fc.array(anySample, { maxLength: 5 }), fc.integer({ min: 1, max: CAPACITY }), (samples, count) => {
				const small = createSampleSum(DIM, count);
				for (const sample of samples) {
					small.add(headOf(sample, count));
				}
				expect(bytesOf(headOf(add(...samples), count))).toEqual(bytesOf(small.sample()));
			}),
		);
	});
});

describe("the sum of samples", () => {
	it("holds the points of the largest priorities", () => {
		fc.assert(
			fc.property(fc.array(anySample, { maxLength: 5 }), (samples) => {
				const { points, weights, priorities, threshold } = add(...samples);
				const { kept, threshold: next } = expected(samples);
				expect([...points.data]).toEqual(kept.flatMap(({ x, y }) => [x, y]));
				expect([...weights]).toEqual(kept.map(({ weight }) => weight));
				expect([...priorities]).toEqual(kept.map(({ priority }) => priority));
				expect(threshold).toBe(next);
			}),
		);
	});

	it("is the same bytes in any order and grouping", () => {
		fc.assert(
			fc.property(anySample, anySample, anySample, (a, b, c) => {
				const whole = bytesOf(add(a, b, c));
				expect(bytesOf(add(c, add(b, a)))).toEqual(whole);
				expect(bytesOf(add(add(a, b), c))).toEqual(whole);
				expect(bytesOf(add(add(emptySample(DIM, CAPACITY), add(a, c)), b))).toEqual(whole);
			}),
		);
	});

	it("puts the heavier of two equal priorities first", () => {
		const withWeight = (weight: number): WeightedSample => ({
			...emptySample(DIM, CAPACITY),
			points: { data: Float32Array.of(weight, 0), rows: 1, cols: DIM },
			weights: Float64Array.of(weight),
			priorities: Float64Array.of(10),
		});
		expect([...add(withWeight(1), withWeight(2)).weights]).toEqual([2, 1]);
	});

	it("grows to a capacity that is no power of two", () => {
		const sum = createSampleSum(1, 1000);
		for (let key = 0; key < 30; key++) {
			const data = Float32Array.from({ length: 50 }, (_, at) => key + at / 50);
			sum.add(sampleOf({ data, rows: 50, cols: 1 }, new Float64Array(50).fill(1), String(key), 1000));
		}
		const { points, threshold, priorities } = sum.sample();
		expect(points.rows).toBe(1000);
		expect(new Set(points.data).size).toBe(1000);
		expect(threshold).toBeLessThanOrEqual(priorities[999]);
	});

	it("refuses samples of another dimension or capacity", () => {
		const sum = createSampleSum(DIM, CAPACITY);
		for (const other of [emptySample(DIM + 1, CAPACITY), emptySample(DIM, CAPACITY + 1)]) {
			expect(errorOf(() => sum.add(other)).code).toBe("SHAPE_MISMATCH");
		}
	});
});

describe("sampleOf", () => {
	it("estimates the weight of any part of the points without bias", () => {
		// 200 points, of which the weights of every fourth are summed: true 50 * 1 + 50 * 4 of 500 in all.
		const estimates: number[] = [];
		const areAll = forEachSeed(300, (seed) => {
			const sum = createSampleSum(1, 40);
			for (let portion = 0; portion < 5; portion++) {
				const data = Float32Array.from({ length: 40 }, (_, at) => at % 4);
				const weights = Float64Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? 4 : 1));
				sum.add(sampleOf({ data, rows: 40, cols: 1 }, weights, `${seed} ${portion}`, 40));
			}
			const sample = sum.sample();
			const weights = estimatedWeights(sample);
			estimates.push(weights.reduce((total, weight, at) => total + (sample.points.data[at] === 0 ? weight : 0), 0));
		});
		const mean = estimates.reduce((total, value) => total + value, 0) / estimates.length;
		const variance = estimates.reduce((total, value) => total + (value - mean) ** 2, 0) / estimates.length;
		expect(Math.abs(mean - 200)).toBeLessThan(areAll ? 3.5 * Math.sqrt(variance / estimates.length) : 100);
	});

	it("draws the same for one key and otherwise for another", () => {
		const random = createRandom(1);
		const points = { data: Float32Array.from({ length: 20 }, () => random.next()), rows: 10, cols: 2 };
		const draw = (key: string) => bytesOf(sampleOf(points, new Float64Array(10).fill(1), key));
		expect(draw("a")).toEqual(draw("a"));
		expect(draw("a")).not.toEqual(draw("b"));
	});

	it("keeps golden priorities", () => {
		const { priorities } = sampleOf({ data: Float32Array.of(1, 2), rows: 2, cols: 1 }, Float64Array.of(1, 1), "golden");
		expect([...priorities]).toEqual([22.768719856550693, 2.1394342820415964]);
	});

	it("refuses weights that are no weights, and more points than it keeps", () => {
		const points = { data: Float32Array.of(1, 2), rows: 2, cols: 1 };
		for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
			expect(errorOf(() => sampleOf(points, Float64Array.of(1, wrong), "")).code).toBe("OPTION_INVALID");
		}
		expect(errorOf(() => sampleOf(points, Float64Array.of(1), "")).code).toBe("SHAPE_MISMATCH");
		expect(errorOf(() => sampleOf(points, Float64Array.of(1, 1), "", 1)).code).toBe("OPTION_INVALID");
	});
});
