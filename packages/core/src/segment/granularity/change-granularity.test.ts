import { referenceKernels } from "@dinoseg/kernels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { SCATTERED_GRID as GRID, scattered } from "../../../../../fixtures/point-clouds.ts";
import { DEFAULT_OPTIONS, type LeavesOption, type SegmentationOptions } from "../../options/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import { segmentReduced } from "../segment-tokens.ts";
import type { Segmentation } from "../segmentation.ts";
import { createStageRecorder } from "../stage-recorder.ts";

const MIN_AREA = 12;

async function segment(points: Matrix, given: Partial<SegmentationOptions>, grid = GRID, build = kernels) {
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const result = await segmentReduced(
		build,
		grid,
		{ points },
		{
			...DEFAULT_OPTIONS,
			smooth: { method: "majority", window: 5 },
			minArea: { pixels: MIN_AREA },
			restarts: 2,
			...given,
		},
		recorder,
	);
	return { result, warnings: recorder.warnings };
}

/** The coarser id of each finer one, by their tokens. */
function parents(coarser: Segmentation, finer: Segmentation): ReadonlyMap<number, number> {
	const found = new Map(Array.from(finer.tokenLabels, (id, token) => [id, coarser.tokenLabels[token]]));
	expect(Array.from(finer.tokenLabels, (id) => found.get(id))).toEqual([...coarser.tokenLabels]);
	return found;
}

function areas({ labels }: Segmentation): Map<number, number> {
	const found = new Map<number, number>();
	for (const id of labels.data) {
		found.set(id, (found.get(id) ?? 0) + 1);
	}
	return found;
}

describe("changeGranularity", () => {
	it.each<LeavesOption>(["off", 8])("nests every two granularities pixel for pixel, with leaves %s", async (leaves) => {
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 6 }), async (seed, clusters) => {
				const points = scattered(seed);
				const shown: Segmentation[] = [];
				for (let granularity = 1; granularity <= 12; granularity++) {
					shown.push((await segment(points, { clusters, leaves, seed, granularity })).result);
				}
				for (const [at, finer] of shown.entries()) {
					expect(finer.clusters).toBe(at + 1);
					expect(finer.acceptedClusters).toBe(clusters);
					expect(new Set(finer.tokenLabels).size).toBe(at + 1);
					for (const coarser of shown.slice(0, at)) {
						const parentOf = parents(coarser, finer);
						for (const map of ["labels", "rawLabels"] as const) {
							expect(Array.from(finer[map].data, (id) => parentOf.get(id))).toEqual([...coarser[map].data]);
						}
						// Merged segments keep the lowest of their ids.
						for (const [id, parent] of parentOf) {
							expect(parent).toBeLessThanOrEqual(id);
							expect(parentOf.get(parent)).toBe(parent);
						}
						expect(finer.inertia).toBeLessThan(coarser.inertia);
					}
				}
			}),
			{ numRuns: 6 },
		);
	});

	it.each<LeavesOption>(["off", 8])("is at the accepted number the result without it, leaves %s", async (leaves) => {
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 6 }), async (seed, clusters) => {
				const points = scattered(seed);
				const accepted = await segment(points, { clusters, leaves, seed });
				expect(await segment(points, { clusters, leaves, seed, granularity: clusters })).toEqual(accepted);
				const finer = await segment(points, { clusters, leaves, seed, granularity: clusters + 5 });
				const parentOf = parents(accepted.result, finer.result);
				expect(Array.from(finer.result.labels.data, (id) => parentOf.get(id))).toEqual([
					...accepted.result.labels.data,
				]);
				for (const [at, confidence] of finer.result.confidence.entries()) {
					expect(confidence).toBeLessThanOrEqual(accepted.result.confidence[at]);
				}
			}),
			{ numRuns: 6 },
		);
	});

	it("splits one segment a step: the part of more pixels keeps the id, and no region is too small", async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: 1000 }), async (seed) => {
				const points = scattered(seed);
				for (let granularity = 4; granularity <= 9; granularity++) {
					const { result } = await segment(points, { clusters: 3, seed, granularity });
					const { data, width, height } = result.labels;
					const { data: regions, count } = kernels.connectedRegions(data, width, height);
					const sizes = new Uint32Array(count);
					for (const region of regions) {
						sizes[region]++;
					}
					expect(Math.min(...sizes)).toBeGreaterThanOrEqual(MIN_AREA);
					const { result: coarser } = await segment(points, { clusters: 3, seed, granularity: granularity - 1 });
					const split = parents(coarser, result).get(granularity - 1) as number;
					const after = areas(result);
					expect(after.get(granularity - 1) ?? 0).toBeLessThanOrEqual(after.get(split) ?? 0);
				}
			}),
			{ numRuns: 6 },
		);
	});

	it("undoes the merges of the tree before it splits leaves", async () => {
		const points = scattered(11);
		for (let granularity = 1; granularity <= 8; granularity++) {
			const { result } = await segment(points, { clusters: 3, leaves: 8, granularity });
			const { result: cut } = await segment(points, { clusters: granularity, leaves: 8 });
			parents(result, cut);
			parents(cut, result);
			expect(result.inertia / cut.inertia).toBeCloseTo(1, 9);
		}
	});

	it("gives the means of the tokens of each id, none for ids that merged into others", async () => {
		const points = scattered(5);
		for (const granularity of [2, 9]) {
			const { result } = await segment(points, { clusters: 5, granularity });
			const { centroids, tokenLabels } = result;
			for (let id = 0; id < centroids.length / points.cols; id++) {
				const own = [...tokenLabels.keys()].filter((token) => tokenLabels[token] === id);
				const sum = own.reduce((sum, token) => sum + points.data[token * points.cols], 0);
				if (own.length > 0) {
					expect(centroids[id * points.cols]).toBeCloseTo(sum / own.length, 9);
				} else {
					expect(centroids[id * points.cols]).toBeNaN();
				}
			}
		}
	});

	it.each([
		[1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
		[2, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]],
		[3, [0, 0, 0, 0, 0, 0, 1, 1, 2, 2]],
		[4, [3, 3, 0, 0, 0, 0, 1, 1, 2, 2]],
		[5, [3, 3, 0, 0, 0, 4, 1, 1, 2, 2]],
	])("shows two segments in %i", async (granularity, expected) => {
		const points = { data: Float32Array.of(0, 0, 2, 2, 2, 3, 20, 20, 24, 24), rows: 10, cols: 1 };
		const size = { inputWidth: 140, inputHeight: 14, imageWidth: 10, imageHeight: 1 };
		const grid = { ...GRID, ...size, rows: 1, cols: 10, dim: 1 };
		const options = { clusters: 2, smooth: { method: "none" }, minArea: { pixels: 0 } } as const;
		const { result } = await segment(points, { ...options, granularity }, grid);
		expect([...result.labels.data]).toEqual(expected);
		expect([...result.tokenLabels]).toEqual(expected);
		expect([...result.rawLabels.data]).toEqual(expected);
	});

	it("says where there are fewer distinct tokens, and warns of nothing where there are enough", async () => {
		const points = { data: Float32Array.from({ length: 200 }, (_, at) => at % 5), rows: 200, cols: 1 };
		const { result, warnings } = await segment(points, { clusters: 2, granularity: 9 });
		expect(result.clusters).toBe(5);
		expect(warnings).toMatchObject([
			{ code: "FEWER_SEGMENTS", message: expect.stringMatching(/granularity of 9 was asked for.* only 5 segments/) },
		]);
		expect((await segment(points, { clusters: 2, granularity: 5 })).warnings).toEqual([]);
	});

	it("passes 256 ids", async () => {
		const points = { data: Float32Array.from({ length: 300 }, (_, at) => (at * 7919) % 1009), rows: 300, cols: 1 };
		const grid = { ...GRID, rows: 15, inputHeight: 210, imageHeight: 45 };
		const given = { clusters: 250, minArea: { pixels: 0 }, restarts: 1 };
		const { result: accepted } = await segment(points, given, grid);
		const { result } = await segment(points, { ...given, granularity: 260 }, grid);
		expect(result.clusters).toBe(260);
		const parentOf = parents(accepted, result);
		expect(Array.from(result.labels.data, (id) => parentOf.get(id))).toEqual([...accepted.labels.data]);
	});

	it.each([2, 5, 11])("is the same on every build of the kernels, shown in %i", async (granularity) => {
		const points = scattered(8);
		const given = { clusters: 5, granularity };
		expect(await segment(points, given)).toEqual(await segment(points, given, GRID, referenceKernels));
		expect(await segment(points, given)).toEqual(await segment(points, given));
	});
});
