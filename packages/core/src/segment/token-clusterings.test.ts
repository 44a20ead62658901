import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asClusters } from "../../../../fixtures/as-clusters.ts";
import { errorOf } from "../../../../fixtures/errors.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { SCATTERED_GRID as GRID, scattered } from "../../../../fixtures/point-clouds.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import { CRITERIA, DEFAULT_OPTIONS } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { segmentReduced } from "./segment-tokens.ts";
import { createStageRecorder } from "./stage-recorder.ts";
import { chooseTokenClusters, type TokenClusterings, tokenClusterings } from "./token-clusterings.ts";

async function segment(points: Matrix, given: Partial<typeof DEFAULT_OPTIONS>) {
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const options = { ...DEFAULT_OPTIONS, smooth: { method: "median" as const }, restarts: 2, ...given };
	const result = await segmentReduced(kernels, GRID, { points }, options, recorder);
	return { ...asClusters(result), warnings: recorder.warnings };
}

describe("tokenClusterings", () => {
	it("gives what each number alone gives", () => {
		fc.assert(
			fc.property(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, clusters) => {
				const points = scattered(seed);
				const options = { restarts: 1, seed };
				const range = tokenClusterings(kernels, points, { ...options, range: { min: 1, max: 6 } });
				const alone = tokenClusterings(kernels, points, { ...options, range: { min: clusters, max: clusters } });
				expect(range.range).toEqual({ min: 1, max: 6 });
				expect(range.at(clusters)).toEqual(alone.at(clusters));
			}),
			{ numRuns: 5 },
		);
	});

	it("lowers what is more than the tokens, and refuses a range of nothing else", () => {
		const options = { restarts: 1, seed: 0 };
		const few = { data: Float32Array.of(0, 1, 2, 5, 6, 9), rows: 6, cols: 1 };
		expect(tokenClusterings(kernels, few, { ...options, range: { min: 2, max: 12 } }).range).toEqual({
			min: 2,
			max: 6,
		});
		const error = errorOf(() => tokenClusterings(kernels, few, { ...options, range: { min: 7, max: 12 } }));
		expect(error.code).toBe("CLUSTERS_EXCEED_TOKENS");
		expect(error.message).toMatch(/7 clusters were asked for, but the image has 6 tokens/);
	});
});

describe("chooseTokenClusters by stability", () => {
	it("compares with two clusterings of seeds of their own", () => {
		// Noise without groups, so that seeds lead to different clusterings.
		const random = createRandom(9);
		const points = { data: Float32Array.from({ length: 800 }, () => random.next()), rows: 200, cols: 4 };
		const options = { restarts: 1, range: { min: 20, max: 22 } };
		const clusteringsOf = (seed: number) => tokenClusterings(kernels, points, { ...options, seed });
		for (const seed of [0, 5]) {
			const draw = createRandom(seed);
			const own = clusteringsOf(seed);
			const others = [0, 1].map(() => clusteringsOf(Math.floor(draw.next() * 2 ** 32)));
			const labelsOf = ({ at }: TokenClusterings, clusters: number) => at(clusters).labels;
			const { curve } = chooseTokenClusters(kernels, points, own, { ...options, seed, criterion: "stability" });
			for (const { clusters, value } of curve) {
				const each = others.map((other) => adjustedRandIndex(labelsOf(own, clusters), labelsOf(other, clusters)));
				expect(new Set([1, ...each]).size, "as different as noise makes them").toBe(3);
				expect(value).toBeCloseTo((each[0] + each[1]) / 2, 12);
			}
			expect(curve).toHaveLength(3);
		}
	});
});

describe("segmentReduced with a range", () => {
	it.each(CRITERIA)("is by %s the segmentation of the chosen number", async (criterion) => {
		const points = scattered(7);
		const options = { criterion, seed: 5 };
		const { choice, ...chosen } = await segment(points, { ...options, clusters: { min: 2, max: 8 } });
		expect(choice?.criterion).toBe(criterion);
		expect(choice?.curve.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5, 6, 7, 8]);
		expect(choice?.clusters).toBe(chosen.clusters);
		const given = await segment(points, { ...options, clusters: chosen.clusters });
		expect(given).toEqual(chosen);
		expect(given).not.toHaveProperty("choice");
	});

	it("warns only where the least number is not possible", async () => {
		const points = { data: Float32Array.from({ length: 200 }, (_, at) => at % 3), rows: 200, cols: 1 };
		const some = await segment(points, { clusters: "auto" });
		expect(some.warnings).toEqual([]);
		expect(some.choice?.curve.map(({ clusters }) => clusters)).toEqual([2, 3]);
		const fewer = await segment(points, { clusters: { min: 5, max: 9 } });
		expect(fewer.clusters).toBe(3);
		expect(fewer.choice?.curve.map(({ clusters }) => clusters)).toEqual([3]);
		expect(fewer.warnings).toMatchObject([
			{ code: "FEWER_SEGMENTS", message: expect.stringContaining("5 clusters were asked for") },
		]);
	});
});
