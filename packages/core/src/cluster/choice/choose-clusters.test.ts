import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { scattered } from "../../../../../fixtures/point-clouds.ts";
import { type ClusterRange, CRITERIA, type Criterion } from "../../options/index.ts";
import { createRandom } from "../../rng.ts";
import type { Matrix } from "../../tensor/index.ts";
import { kMeans } from "../k-means.ts";
import { chooseClusters } from "./choose-clusters.ts";
import type { ClusterCandidates } from "./criteria.ts";

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

/** k-means of the points, made when asked for; `asked` lists what was. */
function candidatesOf(points: Matrix, range: ClusterRange, seed: number, asked: Set<number> = new Set()) {
	const made = new Map<number, ReturnType<typeof kMeans>>();
	const at = (clusters: number) => {
		asked.add(clusters);
		const known = made.get(clusters) ?? kMeans(kernels, points, { clusters, restarts: 1, random: createRandom(seed) });
		made.set(clusters, known);
		return known;
	};
	const candidates: ClusterCandidates = {
		range,
		labels: (clusters) => at(clusters).labels,
		inertia: (clusters) => at(clusters).inertia,
	};
	return candidates;
}

function choose(criterion: Criterion, points: Matrix, range: ClusterRange, asked?: Set<number>) {
	return chooseClusters(kernels, criterion, {
		...candidatesOf(points, range, 0, asked),
		points,
		reseeded: () => [1, 2].map((seed) => candidatesOf(points, range, seed)),
	});
}

describe.each(CRITERIA)("chooseClusters by %s", (criterion) => {
	it("has one finite value for each number of clusters, and chooses one of them, always the same", () => {
		fc.assert(
			fc.property(
				fc.nat({ max: 1000 }),
				fc.integer({ min: 1, max: 6 }),
				fc.integer({ min: 0, max: 6 }),
				(seed, min, span) => {
					const range = { min, max: min + span };
					const chosen = choose(criterion, scattered(seed), range);
					expect(chosen.curve.map(({ clusters }) => clusters)).toEqual(
						Array.from({ length: span + 1 }, (_, index) => min + index),
					);
					expect(chosen.curve.every(({ value }) => Number.isFinite(value))).toBe(true);
					expect(chosen.curve.map(({ clusters }) => clusters)).toContain(chosen.clusters);
					expect(choose(criterion, scattered(seed), range)).toEqual(chosen);
				},
			),
			{ numRuns: 8 },
		);
	});

	it.each([3, 4])("finds %i groups that lie well apart", (count) => {
		expect(choose(criterion, blobs(count, 100), { min: 2, max: 8 })).toMatchObject({ criterion, clusters: count });
	});

	it("chooses among equal points", () => {
		const points = { data: new Float32Array(40).fill(0.5), rows: 20, cols: 2 };
		const { curve, clusters } = choose(criterion, points, { min: 1, max: 1 });
		expect(clusters).toBe(1);
		expect(curve).toEqual([{ clusters: 1, value: expect.any(Number) }]);
	});
});

describe("the curves", () => {
	const points: Matrix = { data: Float32Array.of(0, 1, 10, 11, 30, 31), rows: 6, cols: 1 };
	/** By hand: 0, 1 | 10, 11 | 30, 31. */
	const partitions = [
		[0, 0, 0, 0, 0, 0],
		[0, 0, 0, 0, 1, 1],
		[0, 0, 1, 1, 2, 2],
		[0, 1, 2, 2, 3, 3],
	];
	const inertias = [934.8333333333334, 101.5, 1.5, 1];
	const byHand = {
		range: { min: 1, max: 4 },
		points,
		labels: (clusters: number) => Uint16Array.from(partitions[clusters - 1]),
		inertia: (clusters: number) => inertias[clusters - 1],
		reseeded: () => [{ labels: () => Uint16Array.of(0, 0, 1, 1, 2, 2) }],
	};
	const valuesOf = (criterion: Criterion) => chooseClusters(kernels, criterion, byHand).curve.map(({ value }) => value);

	it.each<[Criterion, number[], number]>([
		["gain", [0, 0.89142449635, 0.10697093956, 0.0005348547], 3],
		["elbow", [0, 0.5590457493, 0.33279790588, 0], 2],
		["stability", [0, 0.44444444444, 1, 0.7619047619], 3],
		["calinski-harabasz", [0, 32.8407224959, 933.3333333333, 622.5555555556], 3],
	])("%s has the values that were computed apart from this code", (criterion, values, clusters) => {
		const curve = valuesOf(criterion);
		expect(chooseClusters(kernels, criterion, byHand).clusters).toBe(clusters);
		for (const [index, value] of values.entries()) {
			expect(curve[index]).toBeCloseTo(value, 8);
		}
	});

	it("eigengap counts groups that have nothing in common", () => {
		const axes: Matrix = { data: Float32Array.of(1, 0, 2, 0, 0, 3, 0, 1), rows: 4, cols: 2 };
		const { curve, clusters } = chooseClusters(kernels, "eigengap", { ...byHand, points: axes });
		expect(clusters).toBe(2);
		for (const [index, value] of [0, 1, 0, 0].entries()) {
			expect(curve[index].value).toBeCloseTo(value, 12);
		}
	});

	it("silhouette and eigengap measure many points at some of them", () => {
		const many = blobs(3, 900);
		const few = blobs(3, 60);
		for (const criterion of ["silhouette", "eigengap"] as const) {
			const range = { min: 2, max: 4 };
			const onMany = choose(criterion, many, range);
			expect(onMany.clusters).toBe(3);
			expect(onMany.curve[1].value).toBeCloseTo(choose(criterion, few, range).curve[1].value, 1);
		}
	});
});

describe("what is asked for", () => {
	it.each<[Criterion, number[]]>([
		["gain", [1, 3, 4, 5, 6]],
		["elbow", [4, 5, 6]],
		["silhouette", [4, 5, 6]],
		["eigengap", []],
	])("%s needs %j clusters of a range from 4 to 6", (criterion, needed) => {
		const asked = new Set<number>();
		choose(criterion, scattered(1), { min: 4, max: 6 }, asked);
		expect([...asked].sort((a, b) => a - b)).toEqual(needed);
	});
});
