import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { scattered } from "../../../../fixtures/point-clouds.ts";
import type { ClusterRange } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { chooseClusters, WORTHWHILE_SEPARATION } from "./choose-clusters.ts";
import { mergingKMeans } from "./merging-k-means.ts";

/** Points with a little noise, each at length 1 in one of so many directions at right angles. */
function blobs(count: number, size: number): Matrix {
	const random = createRandom(1);
	const cols = 16;
	const data = new Float32Array(count * size * cols);
	for (let at = 0; at < data.length; at++) {
		const point = Math.floor(at / cols);
		data[at] = (at % cols === point % count ? 1 : 0) + 0.1 * (random.next() - 0.5);
	}
	return { data, rows: count * size, cols };
}

function choose(points: Matrix, range: ClusterRange, seed: number) {
	const options = { clusters: Math.min(range.max, points.rows), restarts: 1, random: createRandom(seed) };
	return chooseClusters(mergingKMeans(kernels, points, options), range);
}

describe("chooseClusters", () => {
	it("takes the most clusters that are well apart, else the fewest, always the same", () => {
		fc.assert(
			fc.property(
				fc.nat({ max: 1000 }),
				fc.integer({ min: 1, max: 6 }),
				fc.integer({ min: 0, max: 6 }),
				(seed, min, span) => {
					const range = { min, max: min + span };
					const chosen = choose(scattered(seed), range, seed);
					const { curve, clusters } = chosen;
					expect(curve.map((point) => point.clusters)).toEqual(Array.from({ length: span + 1 }, (_, at) => min + at));
					expect(curve.every(({ value }) => Number.isFinite(value))).toBe(true);
					const apart = curve.filter(({ value }) => value >= WORTHWHILE_SEPARATION);
					expect(clusters).toBe(apart.at(-1)?.clusters ?? min);
					expect(choose(scattered(seed), range, seed)).toEqual(chosen);
				},
			),
			{ numRuns: 20 },
		);
	});

	it.each([3, 4, 7])("finds %i groups that lie well apart", (count) => {
		expect(choose(blobs(count, 60), { min: 2, max: 12 }, 0)).toMatchObject({
			criterion: "separation",
			clusters: count,
		});
	});

	it("leaves out what is more than the distinct points", () => {
		const equal = { data: new Float32Array(40).fill(0.5), rows: 20, cols: 2 };
		expect(choose(equal, { min: 2, max: 12 }, 0)).toEqual({
			criterion: "separation",
			clusters: 1,
			curve: [{ clusters: 1, value: 0 }],
		});
		const three = { data: Float32Array.from({ length: 60 }, (_, at) => at % 3), rows: 60, cols: 1 };
		expect(choose(three, { min: 2, max: 12 }, 0).curve.map(({ clusters }) => clusters)).toEqual([2, 3]);
		expect(choose(three, { min: 5, max: 12 }, 0).clusters).toBe(3);
	});

	it("counts a number that a descent lost as not apart", () => {
		const clustering = (clusters: number) => ({ clusters, labels: new Uint16Array(), centroids: new Float64Array() });
		const steps = [5, 4, 2, 1].map((clusters) => ({
			clustering: { ...clustering(clusters), inertia: 0, iterations: 0 },
			separation: clusters === 1 ? 0 : 1 / clusters,
		}));
		expect(chooseClusters(steps, { min: 2, max: 4 })).toEqual({
			criterion: "separation",
			clusters: 2,
			curve: [
				{ clusters: 2, value: 0.5 },
				{ clusters: 3, value: 0 },
				{ clusters: 4, value: 0.25 },
			],
		});
	});
});
